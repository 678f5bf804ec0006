import { createHash } from 'node:crypto';
import type { Application } from '../model/application.ts';
import { canonicalJson, type Json } from '../model/json.ts';
import type { Project } from '../model/project.ts';
import type { WantedByGit } from '../model/wanted.ts';
import type { ObjectStore, StoredObject } from '../ports.ts';
import { corrupt, decode, encode } from './codec.ts';
import { keys } from './keys.ts';

/** All of a declaration that a render depends on, and whether it may be rendered, as a digest: equal digests, equal renders. */
export function specOf({ name, destination, sources }: Application, project: Project): string {
  const spec = [name, destination, sources, project.name, project.sourceRepos];
  return createHash('sha256')
    .update(canonicalJson(spec as unknown as Json))
    .digest('hex');
}

/** What Git makes of an application, and the etag that the next save has to name; undefined: it was never looked at. */
export async function loadWanted(
  store: ObjectStore,
  project: string,
  application: string,
): Promise<{ readonly wanted: WantedByGit; readonly etag: string } | undefined> {
  const key = keys.wantedOf(project, application);
  const stored = await store.get(key);
  return stored && { wanted: parseWanted(stored, key), etag: stored.etag };
}

/** Says what Git makes of an application, in place of what the etag names, or for the first time; false: somebody else was faster. */
export async function saveWanted(store: ObjectStore, wanted: WantedByGit, etag: string | undefined): Promise<boolean> {
  const key = keys.wantedOf(wanted.project, wanted.application);
  const body = encode('wanted', wanted as unknown as Json);
  return (await store.put(key, body, etag === undefined ? 'absent' : { etag })).won;
}

/** Reads the object of a key below `keys.wanted`. */
export function parseWanted({ body }: StoredObject, key: string): WantedByGit {
  const wanted = decode('wanted', body, key) as unknown as WantedByGit;
  if (keys.wantedOf(wanted.project, wanted.application) !== key)
    throw corrupt(key, `it is what Git makes of ${wanted.application} of project ${wanted.project}`);
  return wanted;
}
