import { adviceOf, SyncError } from '../errors.ts';
import type { DeclaredApplication } from '../model/registry.ts';
import { admitChildren, type RemovedChild, removedChildren } from '../registry/children.ts';
import {
  loadRegistry,
  type Registry,
  removeDeclared,
  removeDeclaredProject,
  saveDeclared,
  saveDeclaredProject,
} from '../state/registry.ts';
import type { SyncRun } from './sync-run.ts';

/**
 * Puts the Applications and AppProjects that an application renders into the registry, and takes those out that it renders no more.
 * Gives the children whose objects are to go with them, by their own finalizer; they leave the registry when that is done.
 */
export async function registerChildren(run: SyncRun): Promise<readonly DeclaredApplication[]> {
  const { request, desired, context, ports } = run;
  const parent = request.application;
  const registry = await loadRegistry(ports.store);
  const existing = registry.applications;
  const mine = existing.filter((child) => child.parent === parent.name);
  const hasProjects = registry.projects.some((project) => project.parent === parent.name);
  if (desired.declarations.length === 0 && mine.length === 0 && !hasProjects) return [];
  const manifests = desired.declarations;
  const admitted = admitChildren({ parent, manifests, forbids: desired.projectForbids, existing });
  await Promise.all([
    ...admitted.projects.map((project) => saveDeclaredProject(ports.store, project)),
    ...admitted.applications.map((child) => saveChild(run, child, registry)),
  ]);
  for (const { error } of admitted.rejected)
    ports.reporter.report({ type: 'notice', level: 'error', application: parent.name, message: adviceOf(error) });
  if (context.prune) await removeProjects(run, registry);
  const removed = context.prune ? removedChildren({ parent, manifests, existing }) : [];
  await Promise.all(removed.filter(({ removal }) => removal === 'orphan').map((child) => orphan(run, child)));
  return removed.filter(({ removal }) => removal === 'cascade').map(({ declared }) => declared);
}

async function saveChild({ ports }: SyncRun, child: DeclaredApplication, { applications }: Registry): Promise<void> {
  const known = applications.find(({ application }) => application.name === child.application.name);
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
async function removeProjects({ request, desired, ports }: SyncRun, { projects }: Registry): Promise<void> {
  const rendered = new Set(
    desired.declarations.filter(({ kind }) => kind === 'AppProject').map(({ metadata }) => metadata.name),
  );
  const gone = projects.filter(
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
