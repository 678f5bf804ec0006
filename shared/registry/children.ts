import { InvalidManifest } from '../errors.ts';
import type { Application } from '../model/application.ts';
import type { Manifest } from '../model/manifest.ts';
import { type ObjectRef, refOf } from '../model/object-ref.ts';
import type { DeclaredApplication, Rejected } from '../model/registry.ts';
import { type ParsedDeclarations, parseDeclared } from './parse-declared.ts';

/** Where Argo CD looks for Applications and AppProjects: who may write there, may declare anything. */
const controlNamespace = 'argocd';

export type ChildrenRequest = {
  readonly parent: Application;
  /** The Applications, AppProjects and ApplicationSets that the parent renders. */
  readonly manifests: readonly Manifest[];
  /** Why the parent's project forbids an object at the parent's destination; undefined: it does not. */
  readonly forbids: (ref: ObjectRef) => string | undefined;
  /** What is declared already, by whomever. */
  readonly existing: readonly DeclaredApplication[];
};

/**
 * What an application of applications may declare. Each child passes the same project check as each object of the parent;
 * a child in another project, or an AppProject, only where the parent's project permits AppProjects in Argo CD's own
 * namespace. A name that another owner has is not taken over.
 */
export function admitChildren(request: ChildrenRequest): ParsedDeclarations {
  const origin = `rendered by ${request.parent.name}`;
  const parsed = request.manifests.map((manifest) => {
    const refusal = refusalOf(manifest, request);
    if (refusal === undefined) return parseDeclared([{ manifest, origin, parent: request.parent.name }]);
    return { applications: [], projects: [], rejected: [rejected(manifest, origin, refusal)], warnings: [] };
  });
  return {
    applications: parsed.flatMap(({ applications }) => applications),
    projects: parsed.flatMap(({ projects }) => projects),
    rejected: parsed.flatMap((each) => each.rejected),
    warnings: parsed.flatMap(({ warnings }) => warnings),
  };
}

type Refusal = { readonly text: string; readonly hint: string };

function refusalOf(manifest: Manifest, { parent, forbids, existing }: ChildrenRequest): Refusal | undefined {
  const ref = { ...refOf(manifest), namespace: manifest.metadata.namespace ?? parent.destination.namespace };
  const own = forbids(ref);
  if (own !== undefined)
    return { text: own, hint: `Let the AppProject ${parent.project} permit it, or move it to another parent.` };
  const project = projectConcerned(manifest);
  const other =
    project === parent.project && manifest.kind === 'Application' ? undefined : forbids(controlObject(project));
  if (other !== undefined) return crossing(parent, project, other);
  if (manifest.kind !== 'Application') return undefined;
  const owner = existing.find(({ application }) => application.name === manifest.metadata.name);
  return owner === undefined || owner.parent === parent.name ? undefined : taken(owner);
}

/** The project that a manifest declares something for. An Application that names none is in `default`. */
function projectConcerned(manifest: Manifest): string {
  if (manifest.kind !== 'Application') return manifest.metadata.name;
  const spec = manifest['spec'] as { readonly project?: unknown } | null | undefined;
  return typeof spec?.project === 'string' && spec.project !== '' ? spec.project : 'default';
}

function controlObject(project: string): ObjectRef {
  return { group: 'argoproj.io', kind: 'AppProject', namespace: controlNamespace, name: project };
}

function crossing(parent: Application, project: string, reason: string): Refusal {
  return {
    text: `it concerns the project ${project}, and its parent ${parent.name} in ${parent.project} may not declare for it: ${reason}`,
    hint: `Put it into the project ${parent.project}, or let that project permit AppProjects in namespace ${controlNamespace}.`,
  };
}

function taken({ origin }: DeclaredApplication): Refusal {
  return { text: `that name is declared already: ${origin}`, hint: 'Rename one of the two.' };
}

function rejected({ kind, metadata: { name } }: Manifest, origin: string, { text, hint }: Refusal): Rejected {
  const object = `${kind} ${name}`;
  return {
    name,
    origin,
    error: new InvalidManifest('project-forbids', `${object} (${origin}): ${text}`, { object, hint }),
  };
}

/** A child that its parent renders no more. `cascade`: its objects are deleted with it; `orphan`: they stay. */
export type RemovedChild = { readonly declared: DeclaredApplication; readonly removal: 'cascade' | 'orphan' };

/**
 * The children that left the parent's render, and what their own finalizer wants of their objects. One that is still
 * rendered, but is rejected, has not left.
 */
export function removedChildren(
  request: Pick<ChildrenRequest, 'parent' | 'manifests' | 'existing'>,
): readonly RemovedChild[] {
  const rendered = new Set(
    request.manifests.filter(({ kind }) => kind === 'Application').map(({ metadata }) => metadata.name),
  );
  return request.existing
    .filter(({ application, parent }) => parent === request.parent.name && !rendered.has(application.name))
    .map((declared) => ({ declared, removal: hasResourcesFinalizer(declared.application) ? 'cascade' : 'orphan' }));
}

/** True when deleting the Application is to delete its objects: `resources-finalizer.argocd.argoproj.io`, with or without `/…`. */
function hasResourcesFinalizer({ finalizers }: Application): boolean {
  return finalizers.some((finalizer) => finalizer.split('/')[0] === 'resources-finalizer.argocd.argoproj.io');
}
