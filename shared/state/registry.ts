import type { Json } from '../model/json.ts';
import type { Project } from '../model/project.ts';
import type { DeclaredApplication } from '../model/registry.ts';
import type { ObjectStore, StoredObject } from '../ports.ts';
import { decode, encode } from './codec.ts';
import { keys } from './keys.ts';
import { readAll, type Unreadable } from './read-all.ts';

/** An AppProject that an application rendered. */
export type DeclaredProject = { readonly project: Project; readonly origin: string; readonly parent?: string };

/** A declaration as it is kept, and the etag that the next save has to name. */
export type Kept<Declared> = Declared & { readonly etag: string };

export type Registry = {
  readonly applications: readonly Kept<DeclaredApplication>[];
  readonly projects: readonly Kept<DeclaredProject>[];
  readonly unreadable: readonly Unreadable[];
};

/** All that applications declared; what cannot be read beside it. */
export async function loadRegistry(store: ObjectStore): Promise<Registry> {
  const { found, unreadable } = await readAll(store, keys.registry, parseDeclared);
  return {
    applications: found.flatMap((declared) => ('application' in declared ? [declared] : [])),
    projects: found.flatMap((declared) => ('project' in declared ? [declared] : [])),
    unreadable,
  };
}

function parseDeclared(stored: StoredObject, key: string): Kept<DeclaredApplication> | Kept<DeclaredProject> {
  if (!key.endsWith('/_project.json')) return parseApplication(stored, key);
  return { ...(decode('project', stored.body, key) as unknown as DeclaredProject), etag: stored.etag };
}

function parseApplication(stored: StoredObject, key: string): Kept<DeclaredApplication> {
  return { ...(decode('application', stored.body, key) as unknown as DeclaredApplication), etag: stored.etag };
}

/** Declares an Application in place of the one with the etag, or as the first one; false: another process was faster. */
export async function saveDeclared(store: ObjectStore, declared: DeclaredApplication, etag: string): Promise<boolean> {
  const { application, origin, parent } = declared;
  const key = keys.declaredApplication(application.project, application.name);
  const body = encode('application', { application, origin, parent } as unknown as Json);
  return (await store.put(key, body, etag === 'absent' ? 'absent' : { etag })).won;
}

/** The Application is no longer declared; its head stays. */
export async function removeDeclared(store: ObjectStore, project: string, application: string): Promise<void> {
  await store.delete(keys.declaredApplication(project, application));
}

/** Declares an AppProject; the latest word counts. */
export async function saveDeclaredProject(store: ObjectStore, declared: DeclaredProject): Promise<void> {
  const { project, origin, parent } = declared;
  const body = encode('project', { project, origin, parent } as unknown as Json);
  await store.put(keys.declaredProject(project.name), body);
}

/** The AppProject is no longer declared. */
export async function removeDeclaredProject(store: ObjectStore, project: string): Promise<void> {
  await store.delete(keys.declaredProject(project));
}
