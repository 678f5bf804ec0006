import { createAwsStores } from '../adapters/aws/open-aws-store.ts';
import { createGithubIssuer } from '../adapters/github/github-token.ts';
import { createKubernetesStores } from '../adapters/kubernetes/kubernetes-stores.ts';
import { createVaultStores } from '../adapters/vault/open-vault-store.ts';
import { SecretError } from '../errors.ts';
import { formatStore, type SecretStore } from '../model/secret-store.ts';
import type { Conceal } from '../model/secret-value.ts';
import type { SecretProvider, SecretStores, StoreAccess } from '../secret-ports.ts';

export type SecretStoresOptions = {
  readonly conceal: Conceal;
  /** Of one call. */
  readonly timeoutMs: number;
  /** How long a value that was read serves others who ask for the same. */
  readonly keepMs: number;
};

/** Every kind of store there is an adapter for. `close` ends logins and connections. */
export function createSecretStores({
  conceal,
  timeoutMs,
  keepMs,
}: SecretStoresOptions): SecretStores & { readonly close: () => Promise<void> } {
  const aws = createAwsStores({ conceal, timeoutMs, keepMs });
  const kubernetes = createKubernetesStores({ conceal });
  const github = createGithubIssuer({ conceal, timeoutMs });
  const vault = createVaultStores({
    conceal,
    timeoutMs,
    keepMs,
    signCallerIdentity: (identity, access) => aws.signCallerIdentity(identity, access),
  });
  return {
    open: async (store, access) => openOne(store, access, { aws, kubernetes, vault }),
    issue: (generator, access) =>
      generator.type === 'ecr-token' ? aws.issueEcr(generator, access) : github.issue(generator, access),
    forget: () => {
      aws.forget();
      vault.forget();
    },
    close: async () => {
      await Promise.all([vault.close(), kubernetes.close(), github.close()]);
    },
  };
}

type Adapters = {
  readonly aws: ReturnType<typeof createAwsStores>;
  readonly kubernetes: ReturnType<typeof createKubernetesStores>;
  readonly vault: ReturnType<typeof createVaultStores>;
};

function openOne(store: SecretStore, access: StoreAccess, adapters: Adapters): Promise<SecretProvider> {
  const { provider } = store;
  switch (provider.type) {
    case 'aws':
      return adapters.aws.open({ ...store, provider }, access);
    case 'vault':
      return adapters.vault.open({ ...store, provider }, access);
    case 'kubernetes':
      return adapters.kubernetes.open({ ...store, provider }, access);
    default:
      throw new SecretError('secret-invalid', `${formatStore(store.ref)}: a Fake store is read from its own manifest`);
  }
}
