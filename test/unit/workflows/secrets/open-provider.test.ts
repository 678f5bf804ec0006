import { describe, expect, it } from '@jest/globals';
import type { SecretStore } from '../../../../shared/model/secret-store.ts';
import type { SecretProvider } from '../../../../shared/secret-ports.ts';
import { openProvider } from '../../../../shared/workflows/secrets/open-provider.ts';
import type { Resolving } from '../../../../shared/workflows/secrets/resolving.ts';
import { noSecrets } from '../../../support/secrets/no-secrets.ts';

const storeOf = (prefix: string): SecretStore => ({
  ref: { kind: 'ClusterSecretStore', namespace: '', name: 'aws' },
  conditions: [],
  provider: { type: 'aws', service: 'SecretsManager', prefix } as never,
});

function openRun(opened: string[]): Resolving {
  const open = async ({ ref }: SecretStore, { namespace }: { readonly namespace: string }): Promise<SecretProvider> => {
    opened.push(`${ref.name} for ${namespace}`);
    return {} as SecretProvider;
  };
  const secrets = { ...noSecrets, stores: { ...noSecrets.stores, open } };
  return { request: { cluster: {} }, ports: { secrets } } as unknown as Resolving;
}

describe('A store', () => {
  it('is opened once in a run for all who read it in a namespace, so that its credentials are read once', async () => {
    const opened: string[] = [];
    const run = openRun(opened);
    const shop = await Promise.all([1, 2, 3].map(() => openProvider(storeOf('shop/'), 'shop', run)));
    expect(new Set(shop).size).toBe(1);
    await openProvider(storeOf('shop/'), 'other', run);
    expect(opened).toEqual(['aws for shop', 'aws for other']);
  });

  it('is opened apart for a search, which goes without its prefix, and anew in the next run', async () => {
    const opened: string[] = [];
    const run = openRun(opened);
    await openProvider(storeOf('shop/'), 'shop', run);
    await openProvider(storeOf(''), 'shop', run);
    await openProvider(storeOf(''), 'shop', openRun(opened));
    expect(opened).toHaveLength(3);
  });
});
