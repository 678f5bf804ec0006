import type { AwsIdentity, AwsStore } from '../../model/aws-store.ts';
import type { Issued } from '../../model/secret-generator.ts';
import { formatStore, type SecretStore } from '../../model/secret-store.ts';
import type { SecretProvider, SecretStores, StoreAccess } from '../../secret-ports.ts';
import { type AnswerContext, toAnswer } from './answers.ts';
import { issueEcrToken } from './ecr-token.ts';
import { readParameters } from './parameter-store.ts';
import { findParameterNames } from './parameter-store-find.ts';
import { readSecrets } from './secrets-manager.ts';
import { findSecretNames } from './secrets-manager-find.ts';
import { type AwsOptions, type AwsSession, createAwsSessions } from './sessions.ts';
import { type SignedRequest, signCallerIdentity } from './sign-caller-identity.ts';
import { secretErrorOf } from './store-error.ts';

/** A store that AWS serves. */
export type StoreOfAws = SecretStore & { readonly provider: AwsStore };

/** What AWS gives to secrets: stores, tokens for its registry, and proofs of an identity. */
export type AwsStores = {
  open(store: StoreOfAws, access: StoreAccess): Promise<SecretProvider>;
  issueEcr(spec: Issued & { readonly type: 'ecr-token' }, access: StoreAccess): ReturnType<SecretStores['issue']>;
  /** Signs `sts:GetCallerIdentity` as an identity, for Vault's AWS login. */
  signCallerIdentity(
    identity: AwsIdentity & { readonly serverIdHeader?: string },
    access: StoreAccess,
  ): Promise<SignedRequest>;
  /** What was read before is not used again: for a run that an event about a changed secret began. */
  forget(): void;
};

/** Opens AWS Secrets Manager and Parameter Store. All that one identity reads within the same turn goes in batches. */
export function createAwsStores(options: AwsOptions): AwsStores {
  const sessions = createAwsSessions(options);
  return {
    open: async (store, access) => {
      const asker = { namespace: access.namespace, store: store.ref };
      const object = formatStore(store.ref);
      const session = await sessions.open({ identity: store.provider, access, asker, object, retry: store.retry });
      return createProvider(store, session);
    },
    issueEcr: (spec, access) => issueEcrToken(spec, { sessions, access }),
    signCallerIdentity: async ({ serverIdHeader, ...identity }, access) => {
      const { namespace } = access;
      const asker = { namespace, store: { kind: 'Vault', namespace, name: 'vault' } };
      const object = `AWS login to Vault for namespace ${namespace}`;
      const credentials = await sessions.credentials({ identity, access, asker, object });
      const { region } = identity;
      return signCallerIdentity({ credentials, region, ...(serverIdHeader === undefined ? {} : { serverIdHeader }) });
    },
    forget: sessions.forget,
  };
}

const services = {
  SecretsManager: { read: readSecrets, findNames: findSecretNames, noun: 'secrets' },
  ParameterStore: { read: readParameters, findNames: findParameterNames, noun: 'parameters' },
} as const;

function createProvider({ ref, provider }: StoreOfAws, session: AwsSession): SecretProvider {
  const { read, findNames, noun } = services[provider.service];
  const context: AnswerContext = { ref, region: provider.region };
  const readOne = read(session);
  return {
    read: async (address) => {
      const key = `${provider.prefix}${address.key}`;
      return toAnswer(await readOne({ ...address, key }), key, context);
    },
    find: async (query) => {
      const names = await findNames(session, query);
      if (!names.ok)
        throw secretErrorOf(names.failure, {
          object: formatStore(ref),
          tried: `list ${noun}`,
          region: provider.region,
        });
      const keys = [...new Set(names.value)].sort();
      // Names that were found are whole: the prefix is part of them.
      const answers = keys.map(async (key) => ({ key, answer: toAnswer(await readOne({ key }), key, context) }));
      return Promise.all(answers);
    },
  };
}
