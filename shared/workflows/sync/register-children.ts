import { adviceOf, SyncError } from '../../errors.ts';
import type { DeclaredApplication } from '../../model/registry.ts';
import { isPartial } from '../../model/sync-request.ts';
import { admitChildren, type RemovedChild, removedChildren } from '../../registry/children.ts';
import {
  type DeclaredProject,
  type Registry,
  removeDeclared,
  removeDeclaredProject,
  saveDeclared,
  saveDeclaredProject,
} from '../../state/registry.ts';
import type { SyncRun } from './sync-run.ts';

/** The children that an application has declared, and those of them whose objects go when it is synced now. */
export type Children = {
  readonly declared: readonly DeclaredApplication[];
  readonly leaving: readonly DeclaredApplication[];
};

/** A sync of selected objects leaves children alone, and without prune none goes. */
export function childrenOf({ request, desired, context, registry }: SyncRun): Children {
  const parent = request.application;
  const declared = registry.applications.filter((child) => child.parent === parent.name);
  if (isPartial(request) || !context.prune) return { declared, leaving: [] };
  const removed = removedChildren({ parent, manifests: desired.declarations, existing: registry.applications });
  const leaving = removed.filter(({ removal }) => removal === 'cascade').map((child) => child.declared);
  return { declared, leaving };
}

/**
 * Puts the Applications and AppProjects that an application renders into the registry, and takes those out that it renders no more,
 * but for children whose objects are to go with them: these leave when that is done.
 */
export async function registerChildren(run: SyncRun): Promise<void> {
  const { request, desired, context, registry, ports } = run;
  const parent = request.application;
  if (isPartial(request)) return;
  const manifests = desired.declarations;
  const existing = registry.applications;
  const admitted = admitChildren({ parent, manifests, forbids: desired.projectForbids, existing });
  await Promise.all([
    ...admitted.projects
      .filter((project) => isNews(project, registry))
      .map((project) => saveDeclaredProject(ports.store, project)),
    ...admitted.applications.map((child) => saveChild(run, child)),
  ]);
  for (const { error } of admitted.rejected)
    ports.reporter.report({ type: 'notice', level: 'error', application: parent.name, message: adviceOf(error) });
  if (!context.prune) return;
  await removeProjects(run);
  const removed = removedChildren({ parent, manifests, existing });
  await Promise.all(removed.filter(({ removal }) => removal === 'orphan').map((child) => orphan(run, child)));
}

/** A project that is kept as it is declared is not written again. */
function isNews({ project, parent }: DeclaredProject, { projects }: Registry): boolean {
  const known = projects.find((kept) => kept.project.name === project.name);
  return known?.parent !== parent || JSON.stringify(known?.project) !== JSON.stringify(project);
}

async function saveChild({ ports, registry }: SyncRun, child: DeclaredApplication): Promise<void> {
  const known = registry.applications.find(({ application }) => application.name === child.application.name);
  if (known !== undefined && JSON.stringify(known.application) === JSON.stringify(child.application)) return;
  const { name, project } = child.application;
  // Another project is another place in the store.
  const hasMoved = known !== undefined && known.application.project !== project;
  const etag = known === undefined || hasMoved ? 'absent' : known.etag;
  const saved = await saveDeclared(ports.store, child, etag);
  if (!saved)
    throw new SyncError('sync-locked', `application ${name} was declared by another process meanwhile`, {
      object: name,
      hint: 'sync its parent again',
      retryable: true,
    });
  if (hasMoved) await removeDeclared(ports.store, known.application.project, name);
}

/** Applications of a project that is gone are rejected when they are next loaded, and their objects stay. */
async function removeProjects({ request, desired, registry, ports }: SyncRun): Promise<void> {
  const rendered = new Set(
    desired.declarations.filter(({ kind }) => kind === 'AppProject').map(({ metadata }) => metadata.name),
  );
  const gone = registry.projects.filter(
    ({ parent, project }) => parent === request.application.name && !rendered.has(project.name),
  );
  await Promise.all(gone.map(({ project }) => removeDeclaredProject(ports.store, project.name)));
}

async function orphan({ request, ports }: SyncRun, { declared }: RemovedChild): Promise<void> {
  const { name, project } = declared.application;
  await removeDeclared(ports.store, project, name);
  const message = `application ${name} is no longer declared; its objects stay, as it has no resources-finalizer`;
  ports.reporter.report({ type: 'notice', level: 'warning', application: request.application.name, message });
}
