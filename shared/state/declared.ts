import { InvalidManifest } from '../errors.ts';
import type { Json } from '../model/json.ts';
import type { Declarations } from '../model/registry.ts';
import type { ObjectStore } from '../ports.ts';
import { decode, encode, pack, unpack } from './codec.ts';
import { keys } from './keys.ts';

type Rejection = { readonly name: string; readonly origin: string; readonly message: string };

type Kept = Omit<Declarations, 'rejected'> & { readonly rejected: readonly Rejection[] };

/** What the control repository declared when it was last read, and the etag of that; undefined: it was not read yet. */
export async function loadDeclared(
  store: ObjectStore,
): Promise<{ readonly declared: Declarations; readonly etag: string } | undefined> {
  const stored = await store.get(keys.declared);
  if (stored === undefined) return undefined;
  const kept = decode('declared', await unpack(stored.body, keys.declared), keys.declared) as unknown as Kept;
  const rejected = kept.rejected.map(({ name, origin, message }) => ({
    name,
    origin,
    error: new InvalidManifest('application-invalid', message, { object: name }),
  }));
  return { declared: { ...kept, rejected }, etag: stored.etag };
}

/** Keeps what the control repository declares now, if it is news; false: somebody else was faster. */
export async function saveDeclared(
  store: ObjectStore,
  { applications, projects, rejected }: Declarations,
  etag: string | undefined,
): Promise<boolean> {
  const kept: Kept = {
    applications,
    projects,
    rejected: rejected.map(({ name, origin, error }) => ({ name, origin, message: error.message })),
  };
  const body = await pack(encode('declared', kept as unknown as Json));
  return (await store.put(keys.declared, body, etag === undefined ? 'absent' : { etag })).won;
}
