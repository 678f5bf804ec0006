import { describe, expect, it } from '@jest/globals';
import { defaultProject } from '../../../../shared/model/project.ts';
import type { SecretRead } from '../../../../shared/model/secret-record.ts';
import { formatStore, type SecretStore } from '../../../../shared/model/secret-store.ts';
import type { SecretAddress, SecretProvider, SecretQuery } from '../../../../shared/secret-ports.ts';
import { parseSecretsConfig } from '../../../../shared/secrets/config/parse-config.ts';
import { findSecrets } from '../../../../shared/workflows/secrets/find-secrets.ts';
import { readsOf } from '../../../../shared/workflows/secrets/reads-of.ts';
import type { Resolving } from '../../../../shared/workflows/secrets/resolving.ts';
import { noSecrets, testConceal } from '../../../support/secrets/no-secrets.ts';

const ref = { kind: 'SecretStore', namespace: 'shop', name: 'aws' } as const;
const store: SecretStore = {
  ref,
  conditions: [],
  provider: {
    type: 'aws',
    service: 'SecretsManager',
    region: 'eu-central-1',
    prefix: 'shop/',
    additionalRoles: [],
    sessionTags: [],
    transitiveTagKeys: [],
  } as never,
};
const names = ['other/secret', 'shop/a', 'shop/b'];

/** A provider that has these names, whole; `read` adds the prefix that it was opened with, as that of AWS does. */
function open(asked: string[], { provider }: SecretStore): SecretProvider {
  const prefix = provider.type === 'aws' ? provider.prefix : '';
  const found = (version: string) => ({ state: 'found', value: testConceal(Buffer.from('x')), version }) as const;
  return {
    read: async ({ key, version = '9' }: SecretAddress) => {
      asked.push(`${prefix}${key} ${version}`);
      return found(version);
    },
    find: async ({ matches }: SecretQuery) =>
      names.filter((name) => matches?.(name) ?? true).map((key) => ({ key, answer: found('9') })),
  };
}

function resolvingWith(versions?: readonly SecretRead[]): { readonly asked: string[]; readonly resolving: Resolving } {
  const asked: string[] = [];
  const config = parseSecretsConfig({ allow: [{ aws: { ownIdentity: true, secrets: ['shop/*'] } }] }, 'the test');
  const stores = { ...noSecrets.stores, open: async (opened: SecretStore) => open(asked, opened) };
  const request = { project: defaultProject, cluster: {}, ...(versions === undefined ? {} : { versions }) };
  const shelf = { store: async () => store };
  return {
    asked,
    resolving: { request, config, shelf, ports: { secrets: { ...noSecrets, stores } } } as unknown as Resolving,
  };
}

const wanted = { type: 'find', store: ref, nameRegexp: '.' } as const;
const keysOf = (answer: Awaited<ReturnType<typeof findSecrets>>) =>
  answer.state === 'list' ? answer.found.map(({ key }) => key) : [];

describe('A search', () => {
  it('finds only what may be read, whatever prefix the store claims', async () => {
    const { resolving } = resolvingWith();
    expect(keysOf(await findSecrets(wanted, 'shop', resolving))).toEqual(['shop/a', 'shop/b']);
  });

  it('puts on record what the secrets are at AWS, so that an event finds them', async () => {
    const { resolving } = resolvingWith();
    const answer = await findSecrets(wanted, 'shop', resolving);
    const reads = await readsOf([{ reference: wanted, answer }], resolving.shelf);
    expect(reads.map(({ source }) => source)).toEqual([
      'SecretsManager eu-central-1 shop/a',
      'SecretsManager eu-central-1 shop/b',
    ]);
  });

  it('as of a snapshot gives what was found then, in those versions', async () => {
    const then = { store: formatStore(ref), key: 'shop/a', source: '', version: '3' };
    const { asked, resolving } = resolvingWith([then]);
    expect(keysOf(await findSecrets(wanted, 'shop', resolving))).toEqual(['shop/a']);
    expect(asked).toEqual(['shop/a 3']);
  });

  it('as of a snapshot that has nothing of the store on record gives what there is now', async () => {
    const { resolving } = resolvingWith([]);
    expect(keysOf(await findSecrets(wanted, 'shop', resolving))).toEqual(['shop/a', 'shop/b']);
  });
});
