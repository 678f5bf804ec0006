import { formatStore, type SecretStore } from '../../model/secret-store.ts';
import type { SecretProvider } from '../../secret-ports.ts';
import { fakeProvider } from '../../secrets/stores/fake-provider.ts';
import { oncePerRun } from './once-per-run.ts';
import type { Resolving } from './resolving.ts';
import { storeAccess } from './store-access.ts';

/** A store's provider, for the ExternalSecrets of a namespace. What it logs in with is read once for all of them. */
export async function openProvider(
  store: SecretStore,
  namespace: string,
  resolving: Resolving,
): Promise<SecretProvider> {
  const { request, ports } = resolving;
  const { ref, provider } = store;
  if (provider.type === 'fake') return fakeProvider({ store: ref, spec: provider, conceal: ports.secrets.conceal });
  // For a search the same store is one without its prefix.
  const prefix = provider.type === 'aws' ? provider.prefix : '';
  return oncePerRun(resolving, JSON.stringify(['open', formatStore(ref), prefix, namespace]), () => {
    const access = storeAccess({ owner: ref, namespace, cluster: request.cluster });
    return ports.secrets.stores.open(store, access);
  });
}
