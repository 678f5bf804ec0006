import { InvalidManifest } from '../errors.ts';
import { defaultProject } from '../model/project.ts';
import type { Declarations, DeclaredApplication, Rejected } from '../model/registry.ts';
import { type DeclaredProject, type DeclaringManifest, parseDeclared } from './parse-declared.ts';

/** Declarations, and what a person should know of fields and manifests that have no effect. */
export type DeclarationsWithWarnings = Declarations & { readonly warnings: readonly string[] };

/** What applications of applications declared earlier, as the registry keeps it. */
export type Kept = {
  readonly applications: readonly DeclaredApplication[];
  readonly projects: readonly DeclaredProject[];
};

/**
 * All usable Applications and AppProjects among manifests and what is kept. A name that is declared twice is used by
 * nobody, except that what a person declared goes before what an application rendered. One that is rejected never
 * holds up another. The built-in project `default` is among the projects unless one of that name is declared.
 */
export function declare(
  manifests: readonly DeclaringManifest[],
  kept: Kept = { applications: [], projects: [] },
): DeclarationsWithWarnings {
  const parsed = parseDeclared(manifests);
  const projects = settleNames('AppProject', [...parsed.projects, ...kept.projects], ({ project }) => project.name);
  const all = [...parsed.applications, ...kept.applications];
  const applications = settleNames('Application', all, ({ application }) => application.name);
  const usable = projects.sole.map(({ project }) => project);
  // A rejected `default` does not leave the built-in one in its place: that one allows more.
  const declaresDefault = [...projects.rejected, ...rejectedProjects(parsed.rejected)].some(
    ({ name }) => name === 'default',
  );
  const known = usable.some(({ name }) => name === 'default') || declaresDefault ? usable : [...usable, defaultProject];
  const names = known.map(({ name }) => name);
  const homeless = applications.sole.filter(({ application }) => !names.includes(application.project));
  return {
    applications: applications.sole.filter((declared) => !homeless.includes(declared)),
    projects: known,
    rejected: [
      ...parsed.rejected,
      ...projects.rejected,
      ...applications.rejected,
      ...homeless.map((declared) => unknownProject(declared, names)),
    ],
    warnings: parsed.warnings,
  };
}

function rejectedProjects(rejected: readonly Rejected[]): readonly Rejected[] {
  return rejected.filter(
    ({ error }) => error instanceof InvalidManifest && error.object?.startsWith('AppProject ') === true,
  );
}

type Declared = { readonly origin: string; readonly parent?: string };

function settleNames<Item extends Declared>(
  kind: string,
  declared: readonly Item[],
  nameOf: (item: Item) => string,
): { readonly sole: readonly Item[]; readonly rejected: readonly Rejected[] } {
  const groups = [...Map.groupBy(declared, nameOf)];
  const settled = groups.map(([name, items]) => ({ name, items, sole: soleOf(items) }));
  return {
    sole: settled.flatMap(({ sole }) => (sole === undefined ? [] : [sole])),
    rejected: settled.flatMap(({ name, items, sole }) =>
      items
        .filter((item) => item !== sole)
        .map((item) => duplicate({ kind, name, item, others: items.filter((other) => other !== item) })),
    ),
  };
}

/** The only one of its name; or the only one that a person declared. */
function soleOf<Item extends Declared>(items: readonly Item[]): Item | undefined {
  const first = items.filter(({ parent }) => parent === undefined);
  const strongest = first.length > 0 ? first : items;
  return strongest.length === 1 ? strongest[0] : undefined;
}

function duplicate(found: {
  readonly kind: string;
  readonly name: string;
  readonly item: Declared;
  readonly others: readonly Declared[];
}): Rejected {
  const { kind, name, item, others } = found;
  const object = `${kind} ${name}`;
  const elsewhere = others.map(({ origin }) => origin).join(' and in ');
  const error = new InvalidManifest(
    'application-invalid',
    `${object} (${item.origin}) is declared in ${elsewhere}, too`,
    {
      object,
      hint: 'Remove or rename all but one: which one is meant is not guessed.',
    },
  );
  return { name, origin: item.origin, error };
}

function unknownProject({ application, origin }: DeclaredApplication, known: readonly string[]): Rejected {
  const object = `Application ${application.name}`;
  const text = `${object} (${origin}): spec.project is "${application.project}", which is not declared or cannot be used`;
  const error = new InvalidManifest(
    'application-invalid',
    `${text}; usable projects: ${[...known].sort().join(', ') || 'none'}`,
    {
      object,
      hint: `Declare an AppProject ${application.project}, or name one of the usable projects.`,
    },
  );
  return { name: application.name, origin, error };
}
