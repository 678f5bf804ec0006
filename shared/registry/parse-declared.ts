import { messageOf } from '../errors.ts';
import type { Manifest } from '../model/manifest.ts';
import { formatRef, groupOf, refOf } from '../model/object-ref.ts';
import type { Project } from '../model/project.ts';
import type { DeclaredApplication, Rejected } from '../model/registry.ts';
import { parseApplication } from './parse-application.ts';
import { parseProject } from './parse-project.ts';
import { invalid } from './read-shape.ts';

/** A manifest that may declare something; `origin` as a person would look for it, `parent` the application that rendered it. */
export type DeclaringManifest = { readonly manifest: Manifest; readonly origin: string; readonly parent?: string };

/** An AppProject as declared, and where. */
export type DeclaredProject = { readonly project: Project; readonly origin: string; readonly parent?: string };

/** What manifests declare, each by itself: nothing is known yet of others of the same name. */
export type ParsedDeclarations = {
  readonly applications: readonly DeclaredApplication[];
  readonly projects: readonly DeclaredProject[];
  readonly rejected: readonly Rejected[];
  readonly warnings: readonly string[];
};

/** Reads Applications and AppProjects. One that cannot be used is among the rejected; other kinds are named in a warning. */
export function parseDeclared(manifests: readonly DeclaringManifest[]): ParsedDeclarations {
  const parsed = manifests.map(parseOne);
  return {
    applications: parsed.flatMap(({ applications = [] }) => applications),
    projects: parsed.flatMap(({ projects = [] }) => projects),
    rejected: parsed.flatMap(({ rejected = [] }) => rejected),
    warnings: parsed.flatMap(({ warnings = [] }) => warnings),
  };
}

const parsers: { readonly [kind: string]: (declaring: DeclaringManifest) => Partial<ParsedDeclarations> } = {
  Application: ({ manifest, ...where }) => {
    const { application, warnings } = parseApplication(manifest, where.origin);
    return { applications: [{ application, ...where }], warnings };
  },
  AppProject: ({ manifest, ...where }) => {
    const { project, warnings } = parseProject(manifest, where.origin);
    return { projects: [{ project, ...where }], warnings };
  },
  ApplicationSet: ({ manifest, origin }) => {
    const text = 'ApplicationSets are not supported yet; declare the Applications that it makes';
    throw invalid(manifest, origin, [{ text }]);
  },
};

function parseOne(declaring: DeclaringManifest): Partial<ParsedDeclarations> {
  const { manifest, origin } = declaring;
  const parse = isArgoManifest(manifest) ? parsers[manifest.kind] : undefined;
  if (parse === undefined)
    return { warnings: [`${formatRef(refOf(manifest))} (${origin}) declares no application and is ignored`] };
  try {
    return parse(declaring);
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(messageOf(cause));
    return { rejected: [{ name: manifest.metadata.name, origin, error }] };
  }
}

function isArgoManifest(manifest: Manifest): boolean {
  return groupOf(manifest.apiVersion) === 'argoproj.io';
}
