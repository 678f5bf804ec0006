import type { Json } from '../model/json.ts';
import type { Project } from '../model/project.ts';
import type { DeclaredApplication } from '../model/registry.ts';
import type { ObjectStore, StoredObject } from '../ports.ts';
import { corrupt, decode, encode } from './codec.ts';
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
  const { found, unreadable } = await readAll(store, keys.registry, parseKept);
  return {
    applications: found.flatMap((declared) => ('application' in declared ? [declared] : [])),
    projects: found.flatMap((declared) => ('project' in declared ? [declared] : [])),
    unreadable,
  };
}

/** Reads the object of a key below `keys.registry`. */
export function parseKept(stored: StoredObject, key: string): Kept<DeclaredApplication> | Kept<DeclaredProject> {
  return key.endsWith('/_project.json') ? parseProject(stored, key) : parseApplication(stored, key);
}

function parseApplication(stored: StoredObject, key: string): Kept<DeclaredApplication> {
  const declared = decode('application', stored.body, key) as unknown as DeclaredApplication;
  const { name, project } = declared.application;
  if (keys.declaredApplication(project, name) !== key)
    throw corrupt(key, `it is the Application ${name} of project ${project}`);
  return { ...declared, etag: stored.etag };
}

function parseProject(stored: StoredObject, key: string): Kept<DeclaredProject> {
  const declared = decode('project', stored.body, key) as unknown as DeclaredProject;
  if (keys.declaredProject(declared.project.name) !== key)
    throw corrupt(key, `it is the AppProject ${declared.project.name}`);
  return { ...declared, etag: stored.etag };
}

/**
 * Declares an Application in place of the one with the etag, or as the first one; false: another process was faster.
 * A StoreError when what is in its place cannot be read: that stays as it is.
 */
export async function saveDeclared(store: ObjectStore, declared: DeclaredApplication, etag: string): Promise<boolean> {
  const { application, origin, parent } = declared;
  const key = keys.declaredApplication(application.project, application.name);
  const body = encode('application', { application, origin, parent } as unknown as Json);
  if ((await store.put(key, body, etag === 'absent' ? 'absent' : { etag })).won) return true;
  const inPlace = await store.get(key);
  if (inPlace !== undefined) parseApplication(inPlace, key);
  return false;
}

/** The Application is no longer declared; its head stays. */
export async function removeDeclared(store: ObjectStore, project: string, application: string): Promise<void> {
  await store.delete(keys.declaredApplication(project, application));
}

/** Declares an AppProject; the latest word counts. A StoreError when what is in its place cannot be read: that stays as it is. */
export async function saveDeclaredProject(store: ObjectStore, declared: DeclaredProject): Promise<void> {
  const { project, origin, parent } = declared;
  const body = encode('project', { project, origin, parent } as unknown as Json);
  const key = keys.declaredProject(project.name);
  const inPlace = await store.get(key);
  if (inPlace !== undefined) parseProject(inPlace, key);
  await store.put(key, body);
}

/** The AppProject is no longer declared. */
export async function removeDeclaredProject(store: ObjectStore, project: string): Promise<void> {
  await store.delete(keys.declaredProject(project));
}
