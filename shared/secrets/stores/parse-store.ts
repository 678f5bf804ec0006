import * as z from 'zod';
import { SecretError } from '../../errors.ts';
import { isJsonObject, type Json } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { formatStore, type ProviderSpec, type SecretStore, type StoreRef } from '../../model/secret-store.ts';
import { parseAwsStore } from './aws-store.ts';
import { parseFakeStore } from './fake-store.ts';
import { parseKubernetesStore } from './kubernetes-store.ts';
import { invalidStore } from './store-error.ts';
import { parseVaultStore } from './vault-store.ts';

const providers: { readonly [name: string]: (spec: unknown, where: StoreRef) => ProviderSpec } = {
  aws: parseAwsStore,
  vault: parseVaultStore,
  kubernetes: parseKubernetesStore,
  fake: parseFakeStore,
};

const selector = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(
      z.object({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

const schema = z.object({
  controller: z.string().exactOptional(),
  conditions: z
    .array(
      z.object({
        namespaceSelector: selector.exactOptional(),
        namespaces: z.array(z.string()).default([]),
        namespaceRegexes: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  retrySettings: z
    .object({ maxRetries: z.int().min(0).exactOptional(), retryInterval: z.string().exactOptional() })
    .exactOptional(),
  provider: z.record(z.string(), z.unknown()),
});

/** A SecretStore or ClusterSecretStore as it is used here; SecretError `secret-invalid` or, for a provider that is not known, `secret-refused`. */
export function parseStore(manifest: Manifest): SecretStore {
  const ref = storeRefOf(manifest);
  const parsed = schema.safeParse(withoutNulls(manifest['spec']));
  if (!parsed.success)
    throw invalidStore(
      ref,
      parsed.error.issues.map(({ path }) => ['spec', ...path.map(String)].join('.')),
    );
  const { controller, conditions, provider, retrySettings } = parsed.data;
  return {
    ref,
    ...(controller === undefined || controller === '' ? {} : { controller }),
    conditions: ref.kind === 'ClusterSecretStore' ? conditions : [],
    provider: parseProvider(provider, ref),
    ...(retrySettings === undefined ? {} : { retry: retryOf(retrySettings) }),
  };
}

/** The identity of a store's manifest. */
function storeRefOf({ kind, metadata }: Manifest): StoreRef {
  const isCluster = kind === 'ClusterSecretStore';
  return {
    kind: isCluster ? 'ClusterSecretStore' : 'SecretStore',
    namespace: isCluster ? '' : (metadata.namespace ?? ''),
    name: metadata.name,
  };
}

function parseProvider(provider: { readonly [name: string]: unknown }, ref: StoreRef): ProviderSpec {
  const [name, ...others] = Object.keys(provider);
  if (name === undefined || others.length > 0) throw invalidStore(ref, ['spec.provider (exactly one)']);
  const parse = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (parse !== undefined) return parse(provider[name], ref);
  throw new SecretError('secret-refused', `${formatStore(ref)}: provider ${name} is not supported`, {
    object: formatStore(ref),
    hint: `use one of ${Object.keys(providers).join(', ')}, or leave this store to External Secrets Operator: annotate the Application with plumbline.dev/secrets: apply`,
  });
}

const units: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function retryOf({
  maxRetries = 3,
  retryInterval = '',
}: {
  readonly maxRetries?: number;
  readonly retryInterval?: string;
}): {
  readonly retries: number;
  readonly intervalMs: number;
} {
  const [, amount = '0', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(retryInterval) ?? [];
  return { retries: Math.min(maxRetries, 10), intervalMs: Number(amount) * (units[unit] ?? 0) };
}

/** A null counts as absent, as for Kubernetes. */
function withoutNulls(value: Json | undefined): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value ?? undefined;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member)]),
  );
}
