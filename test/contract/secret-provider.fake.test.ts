import type { SecretProvider } from '../../shared/secret-ports.ts';
import { fakeProvider } from '../../shared/secrets/stores/fake-provider.ts';
import { parseFakeStore } from '../../shared/secrets/stores/fake-store.ts';
import { conceal, type ProviderBed, secretProviderContract } from './secret-provider.ts';

const store = { kind: 'SecretStore', namespace: 'shop', name: 'fake' } as const;

secretProviderContract('A Fake store', async (): Promise<ProviderBed> => {
  let data: { readonly key: string; readonly value: string }[] = [];
  const current = (): SecretProvider => fakeProvider({ store, spec: parseFakeStore({ data }, store), conceal });
  return {
    provider: { read: (address) => current().read(address), find: (query) => current().find(query) },
    put: async (key, value) => {
      data = [...data, { key, value: Buffer.from(value).toString() }];
    },
    remove: async (key) => {
      data = data.filter((entry) => entry.key !== key);
    },
    close: async () => {},
  };
});
