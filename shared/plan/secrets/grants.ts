import type { KubernetesStore } from '../../model/kubernetes-store.ts';
import type { GeneratorRef, GeneratorSpec } from '../../model/secret-generator.ts';
import type { ProviderSpec } from '../../model/secret-store.ts';
import type { SecretsConfig, SecretsGrant, SopsKeys } from '../../model/secrets-config.ts';
import type { VaultStore } from '../../model/vault-store.ts';
import { objectionToAwsIdentity, objectionToAwsName } from './aws-grant.ts';
import { matchesAny } from './matches-any.ts';
import { objectionToVault } from './vault-grant.ts';

/** For whom a secret is asked: the project of the application, and the namespace that the Secret is for. */
export type Asker = { readonly project: string; readonly namespace: string };

/** Which secret of a store is asked for; without `key` a search, in which each name that it finds has to be asked about, too. */
export type AskedSecret = { readonly provider: ProviderSpec; readonly key?: string };

/** Why a secret may not be read, as the operator's configuration says; undefined: it may. One grant has to allow all of it. */
export function forbiddenSecret(config: SecretsConfig, asker: Asker, asked: AskedSecret): string | undefined {
  const reasons = grantsFor(config, asker).map((grant) => objectionTo(grant, asker, asked));
  if (reasons.includes(undefined)) return undefined;
  return reasons[0] ?? nothingAllowed(config, asker);
}

/** Why a generator may not be used; undefined: it may. Those that reach nobody need no leave. */
export function forbiddenGenerator(
  config: SecretsConfig,
  asker: Asker,
  { ref: { kind }, spec }: { readonly ref: GeneratorRef; readonly spec: GeneratorSpec },
): string | undefined {
  if (spec.type !== 'ecr-token' && spec.type !== 'github-token') return undefined;
  const grants = grantsFor(config, asker).filter(({ generators }) => generators.includes(kind));
  if (grants.length === 0) return `generator ${kind} is not among \`generators\``;
  if (spec.type === 'github-token') return objectionToGithub(grants, spec.url);
  const reasons = grants.map(({ aws }) => objectionToAwsIdentity(aws, { additionalRoles: [], ...spec }));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

/** True when values may stand in labels and annotations. */
export function allowsMetadata(config: SecretsConfig, asker: Asker): boolean {
  return grantsFor(config, asker).some(({ metadata }) => metadata);
}

/** True when an object of another kind than Secret may be made of values. `kind` is `ConfigMap` or `group/Kind`. */
export function allowsTarget(config: SecretsConfig, asker: Asker, kind: string): boolean {
  return grantsFor(config, asker).some(({ targets }) => targets.includes(kind));
}

/** The keys that may open what SOPS has encrypted: those for all, and those of the grants. */
export function sopsKeysFor(config: SecretsConfig, asker: Asker): SopsKeys {
  const all = [config.sops, ...grantsFor(config, asker).flatMap(({ sops }) => sops ?? [])];
  return {
    ageKeys: all.flatMap(({ ageKeys }) => ageKeys),
    kms: { keys: all.flatMap(({ kms }) => kms.keys), roles: all.flatMap(({ kms }) => kms.roles) },
  };
}

function grantsFor({ grants }: SecretsConfig, { project, namespace }: Asker): readonly SecretsGrant[] {
  return grants.filter(
    ({ projects, namespaces }) => matchesAny(projects, project) && matchesAny(namespaces, namespace),
  );
}

function nothingAllowed({ grants }: SecretsConfig, { project, namespace }: Asker): string {
  const why = grants.length === 0 ? ': no configuration of secrets is given, or it has no grants' : '';
  return `nothing is allowed to project ${project} in namespace ${namespace}${why}`;
}

function objectionTo(grant: SecretsGrant, asker: Asker, { provider, key }: AskedSecret): string | undefined {
  switch (provider.type) {
    case 'fake':
      return grant.fake ? undefined : 'Fake stores are not allowed (`fake: true`)';
    case 'aws':
      return objectionToAwsIdentity(grant.aws, provider) ?? objectionToAwsName(grant.aws, provider, key);
    case 'kubernetes':
      return objectionToKubernetes(grant, asker, provider);
    default:
      return objectionToVault(grant.vault, provider, key) ?? objectionToVaultIdentity(grant, provider);
  }
}

/** Its own namespace in its own cluster an ExternalSecret may read, as External Secrets Operator lets it. */
function objectionToKubernetes(
  { kubernetes }: SecretsGrant,
  { namespace }: Asker,
  { server, remoteNamespace }: KubernetesStore,
): string | undefined {
  if (server === undefined && remoteNamespace === namespace) return undefined;
  const url = server?.url ?? '';
  if (kubernetes.some((each) => each.server === url && matchesAny(each.namespaces, remoteNamespace))) return undefined;
  return `namespace ${remoteNamespace} of ${url === '' ? 'this cluster' : url} is not among \`kubernetes\``;
}

function objectionToGithub(grants: readonly SecretsGrant[], url: string): string | undefined {
  if (url === 'https://api.github.com' || grants.some(({ githubServers }) => githubServers.includes(url)))
    return undefined;
  return `server ${url} is not among \`githubServers\``;
}

/** Who logs in with an AWS identity needs leave for that identity, too. */
function objectionToVaultIdentity({ aws }: SecretsGrant, { auth }: VaultStore): string | undefined {
  if (auth.type !== 'iam') return undefined;
  const { region, awsRole, keys, account } = auth;
  return objectionToAwsIdentity(aws, {
    region,
    additionalRoles: [],
    ...(awsRole === undefined ? {} : { role: awsRole }),
    ...(keys === undefined ? {} : { auth: { type: 'keys', ...keys } }),
    ...(account === undefined ? {} : { auth: { type: 'service-account', account } }),
  });
}
