import type { Cluster } from '../../cluster-ports.ts';
import { SecretError } from '../../errors.ts';
import { servedKind } from '../../model/cluster.ts';
import { canonicalJson } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { groupOf, versionOf } from '../../model/object-ref.ts';
import type { GeneratorRef, SecretGenerator } from '../../model/secret-generator.ts';
import { formatStore, type SecretStore, type StoreRef } from '../../model/secret-store.ts';
import type { ObjectStore } from '../../ports.ts';
import { parseGenerator } from '../../secrets/generators/parse-generator.ts';
import { parseStore } from '../../secrets/stores/parse-store.ts';
import { loadPublishedStores, type PublishedStores } from '../../state/secret-stores.ts';

/** Where stores and generators are found by their names. Each is looked for once. */
export type StoreShelf = {
  store(ref: StoreRef): Promise<SecretStore>;
  generator(ref: GeneratorRef): Promise<SecretGenerator>;
};

type Places = {
  /** What it published before counts no longer: it brings what it has. */
  readonly application: string;
  /** What the application itself brings. */
  readonly own: readonly Manifest[];
  readonly cluster: Cluster;
  readonly objects: ObjectStore;
  /** The API server that the application comes from, where it is restored to another one. */
  readonly declaredServer: string | undefined;
};

type Named = { readonly kind: string; readonly namespace: string; readonly name: string };

/**
 * Finds stores and generators: among what the application brings, then among what others on the same API server have published, then in
 * the cluster, where it serves these kinds. What cannot be found is a SecretError `secret-absent`.
 */
export function openShelf(places: Places): StoreShelf {
  const { own, cluster } = places;
  const known = new Map<string, Promise<unknown>>();
  let published: Promise<readonly PublishedStores[]> | undefined;
  const find = async (group: string, named: Named): Promise<Manifest> => {
    const isIt = (manifest: Manifest): boolean => isNamed(manifest, group, named);
    const brought = own.find(isIt);
    if (brought !== undefined) return brought;
    published ??= publishedFor(places);
    return (
      onlyOne(await published, isIt, named) ?? (await readLive(cluster, group, named)) ?? Promise.reject(unknown(named))
    );
  };
  const once = <Value>(named: Named, make: () => Promise<Value>): Promise<Value> => {
    const key = JSON.stringify([named.kind, named.namespace, named.name]);
    const before = known.get(key) as Promise<Value> | undefined;
    const made = before ?? make();
    known.set(key, made);
    return made;
  };
  return {
    store: (ref) => once(ref, async () => parseStore(await find('external-secrets.io', ref))),
    generator: (ref) => once(ref, async () => parseGenerator(await find('generators.external-secrets.io', ref))),
  };
}

/** Those of the cluster itself come first. */
async function publishedFor({
  application,
  cluster,
  objects,
  declaredServer,
}: Places): Promise<readonly PublishedStores[]> {
  const { server } = await cluster.facts();
  const { published } = await loadPublishedStores(objects);
  const from = (wanted: string | undefined): readonly PublishedStores[] =>
    published.filter((each) => each.server === wanted && each.application !== application);
  return declaredServer === server ? from(server) : [...from(server), ...from(declaredServer)];
}

/** Nobody takes the place of somebody else's store by giving another one its name: then it is not used at all. */
function onlyOne(
  published: readonly PublishedStores[],
  isIt: (manifest: Manifest) => boolean,
  named: Named,
): Manifest | undefined {
  const found = published.flatMap(({ application, server, manifests }) =>
    manifests.filter(isIt).map((manifest) => ({ application, server, manifest })),
  );
  const [first] = found;
  const other = found.find(
    ({ server, manifest }) => server === first?.server && specText(manifest) !== specText(first.manifest),
  );
  if (first !== undefined && other !== undefined) throw ambiguous(named, [first.application, other.application]);
  return first?.manifest;
}

function specText({ spec }: Manifest): string {
  return canonicalJson(spec ?? null);
}

function isNamed({ apiVersion, kind, metadata }: Manifest, group: string, named: Named): boolean {
  const isSame = kind === named.kind && metadata.name === named.name;
  return isSame && groupOf(apiVersion) === group && (metadata.namespace ?? '') === named.namespace;
}

async function readLive(cluster: Cluster, group: string, named: Named): Promise<Manifest | undefined> {
  const served = servedKind(await cluster.facts(), { group, kind: named.kind });
  if (served === undefined) return undefined;
  return cluster.read({ ref: { group, ...named }, version: versionOf(served.version) });
}

function shownName({ kind, namespace, name }: Named): string {
  const isStore = kind === 'SecretStore' || kind === 'ClusterSecretStore';
  return isStore ? formatStore({ kind, namespace, name }) : `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

function ambiguous(named: Named, [one, other]: readonly [string, string]): SecretError {
  const object = shownName(named);
  return new SecretError(
    'secret-refused',
    `${object}: applications ${one} and ${other} each bring one, and they differ`,
    {
      object,
      hint: 'take it out of one of them, or rename it',
    },
  );
}

function unknown(named: Named): SecretError {
  const { kind } = named;
  const what = shownName(named);
  const other = kind === 'SecretStore' ? '; for a ClusterSecretStore, set secretStoreRef.kind' : '';
  return new SecretError('secret-absent', `there is no ${what}`, {
    object: what,
    hint: `add it to this application or to one on the same cluster that is synced before, or correct the reference${other}`,
  });
}
