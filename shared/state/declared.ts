import { InvalidManifest } from '../errors.ts';
import type { Json } from '../model/json.ts';
import type { Declarations } from '../model/registry.ts';
import type { ObjectStore, StoredObject } from '../ports.ts';
import { decode, encode, pack, unpack } from './codec.ts';
import { keys } from './keys.ts';

type Rejection = { readonly name: string; readonly origin: string; readonly message: string };

type Kept = Omit<Declarations, 'rejected'> & { readonly rejected: readonly Rejection[] };

/** Reads what the control repository declared when it was last read. */
export async function parseDeclarations({ body }: StoredObject, key: string): Promise<Declarations> {
  const kept = decode('declared', await unpack(body, key), key) as unknown as Kept;
  const rejected = kept.rejected.map(({ name, origin, message }) => ({
    name,
    origin,
    error: new InvalidManifest('application-invalid', message, { object: name }),
  }));
  return { ...kept, rejected };
}

/** True when two readings declare the same. */
export function isSameDeclared(one: Declarations, other: Declarations): boolean {
  return JSON.stringify(toKept(one)) === JSON.stringify(toKept(other));
}

/** Keeps what the control repository declares now, in place of what the etag names; false: somebody else was faster. */
export async function saveDeclared(
  store: ObjectStore,
  declarations: Declarations,
  etag: string | undefined,
): Promise<boolean> {
  const body = await pack(encode('declared', toKept(declarations) as unknown as Json));
  return (await store.put(keys.declared, body, etag === undefined ? 'absent' : { etag })).won;
}

function toKept({ applications, projects, rejected }: Declarations): Kept {
  return {
    applications,
    projects,
    rejected: rejected.map(({ name, origin, error }) => ({ name, origin, message: error.message })),
  };
}
