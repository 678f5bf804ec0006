import { canonicalJson, type Json, jsonAt } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Render } from '../model/render.ts';
import type { ObjectStore } from '../ports.ts';
import { corrupt, decode, decodeChecked, encode, encodeText, pack, unpack } from './codec.ts';
import { readKept } from './garbage.ts';
import { keys } from './keys.ts';
import { readAll, type Unreadable } from './read-all.ts';

/** Which render an input key led to, and what there was to say about it. */
export type RememberedRender = { readonly digest: string; readonly warnings: readonly string[] };

/**
 * Keeps a render under its digest, once. A StoreError when the digest is not the one of its manifests, and when what is in its
 * place cannot be read: a render that counts as kept has to be there when it is needed.
 */
export async function saveRender(store: ObjectStore, project: string, render: Render): Promise<void> {
  const key = keys.render(project, render.digest);
  const { bytes, sha256 } = encodeText('render', canonicalJson(render.manifests as unknown as Json));
  if (sha256 !== render.digest) throw corrupt(key, `it would hold a render whose digest is ${sha256}`);
  const packed = await pack(bytes);
  const { won } = await store.put(key, packed, 'absent');
  if (won || (await loadRender(store, project, render.digest)) !== undefined) return;
  // It was collected between the two calls, and is nowhere any more.
  await store.put(key, packed, 'absent');
}

/** The render of a digest, checked against it, and taken out of the garbage again; undefined when it is not kept (any more). */
export async function loadRender(store: ObjectStore, project: string, digest: string): Promise<Render | undefined> {
  return await readKept(store, keys.render(project, digest), async ({ body }, key) => {
    const { value, sha256 } = decodeChecked('render', await unpack(body, key), key);
    if (sha256 !== digest) throw corrupt(key, `it holds the render ${sha256}`);
    return { digest, manifests: value as unknown as readonly Manifest[] };
  });
}

/** The keys of all renders of all projects. Nothing is read. */
export async function listRenderKeys(store: ObjectStore): Promise<readonly string[]> {
  return await store.list(keys.renders);
}

/** Which render each note leads to, by their keys; notes that cannot be read beside them. */
export async function listRenderNotes(store: ObjectStore): Promise<{
  readonly notes: readonly { readonly key: string; readonly renderKey: string }[];
  readonly unreadable: readonly Unreadable[];
}> {
  const { found, unreadable } = await readAll(store, keys.rendered, ({ body }, key) => {
    const digest = jsonAt(decode('rendered', body, key), 'digest');
    return { key, renderKey: keys.renderBeside(key, String(digest)) };
  });
  return { notes: found, unreadable };
}

/** The render that the same inputs led to before, or undefined. */
export async function findRender(
  store: ObjectStore,
  project: string,
  inputKey: string,
): Promise<RememberedRender | undefined> {
  const key = keys.renderNote(project, inputKey);
  const stored = await store.get(key);
  if (stored === undefined) return undefined;
  const value = decode('rendered', stored.body, key);
  if (jsonAt(value, 'inputKey') !== inputKey) throw corrupt(key, `it belongs to other inputs than ${inputKey}`);
  return value as unknown as RememberedRender;
}

/** Notes which render the inputs led to. The latest word counts: the render of an earlier one may be gone. */
export async function rememberRender(
  store: ObjectStore,
  project: string,
  note: RememberedRender & { readonly inputKey: string },
): Promise<void> {
  await store.put(keys.renderNote(project, note.inputKey), encode('rendered', note as unknown as Json));
}
