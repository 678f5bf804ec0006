import type { SecretStore } from '../../model/secret-store.ts';
import { forbiddenSecret } from '../../plan/secrets/grants.ts';
import { forFoundNames } from '../../plan/secrets/secret-source.ts';
import type { FoundSecret, SecretProvider } from '../../secret-ports.ts';
import type { ReferenceAnswer } from '../../secrets/external/evaluation.ts';
import { nameMatcher } from '../../secrets/external/go-regexp.ts';
import type { Reference } from '../../secrets/external/references.ts';
import { admitSecret } from './admit.ts';
import { openProvider } from './open-provider.ts';
import { pinnedAddress, recordedRead } from './pinned-address.ts';
import type { Resolving } from './resolving.ts';

type Find = Extract<Reference, { readonly type: 'find' }>;

/** All that a search finds and that may be read. */
export async function findSecrets(wanted: Find, namespace: string, resolving: Resolving): Promise<ReferenceAnswer> {
  const store = forFoundNames(await resolving.shelf.store(wanted.store));
  const { path, nameRegexp, tags } = wanted;
  await admitSecret(resolving, store, { namespace });
  const isWanted = nameRegexp === undefined ? () => true : nameMatcher(nameRegexp);
  const asker = { project: resolving.request.project.name, namespace };
  const isAllowed = (key: string): boolean =>
    forbiddenSecret(resolving.config, asker, { provider: store.provider, key }) === undefined;
  const provider = await openProvider(store, namespace, resolving);
  const found = await provider.find({
    ...(path === undefined ? {} : { path }),
    matches: (name) => isWanted(name) && isAllowed(name),
    ...(tags === undefined ? {} : { tags }),
  });
  return { state: 'list', found: await asThen(found, { store, provider }, resolving) };
}

type Opened = { readonly store: SecretStore; readonly provider: SecretProvider };

/** As of a snapshot: what it has on record, in those versions; what has come since was not there. */
async function asThen(
  found: readonly FoundSecret[],
  { store, provider }: Opened,
  { request: { versions } }: Resolving,
): Promise<readonly FoundSecret[]> {
  if (versions === undefined || recordedRead(versions, store) === undefined) return found;
  const then = found.map(async ({ key }) => {
    const before = recordedRead(versions, store, { key });
    if (before === undefined) return [];
    return [{ key, answer: await provider.read(pinnedAddress(store, { key }, before.version)) }];
  });
  return (await Promise.all(then)).flat();
}
