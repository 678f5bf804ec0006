import type { Cluster } from '../../cluster-ports.ts';
import { SecretError } from '../../errors.ts';
import { matchesSelector } from '../../model/label-selector.ts';
import type { StringMap } from '../../model/manifest.ts';
import type { SecretGenerator } from '../../model/secret-generator.ts';
import { formatStore, type SecretStore, type StoreCondition } from '../../model/secret-store.ts';
import { forbiddenGenerator, forbiddenSecret } from '../../plan/secrets/grants.ts';
import { nameMatcher } from '../../secrets/external/go-regexp.ts';
import { oncePerRun } from './once-per-run.ts';
import type { Resolving } from './resolving.ts';

/** Throws a SecretError `secret-refused` when an ExternalSecret of that namespace may not read a secret or, without `key`, search. */
export async function admitSecret(
  resolving: Resolving,
  store: SecretStore,
  { namespace, key }: { readonly namespace: string; readonly key?: string },
): Promise<void> {
  const { request, config } = resolving;
  await admitNamespace(store, namespace, resolving);
  const asker = { project: request.project.name, namespace };
  const reason = forbiddenSecret(config, asker, { provider: store.provider, ...(key === undefined ? {} : { key }) });
  if (reason === undefined) return;
  const shown = formatStore(store.ref);
  throw new SecretError('secret-refused', `${shown}: ${key ?? 'this search'} may not be read: ${reason}`, {
    object: shown,
    hint: 'who runs Plumbline allows it under `allow` in the configuration of secrets (--secrets-config)',
  });
}

/** The same for a generator that asks somebody for credentials. */
export function admitGenerator({ request, config }: Resolving, generator: SecretGenerator, namespace: string): void {
  const asker = { project: request.project.name, namespace };
  const reason = forbiddenGenerator(config, asker, generator);
  if (reason === undefined) return;
  const shown = `${generator.ref.kind} ${generator.ref.name}`;
  throw new SecretError('secret-refused', `${shown}: it may not be used: ${reason}`, {
    object: shown,
    hint: 'who runs Plumbline allows it under `allow` in the configuration of secrets (--secrets-config)',
  });
}

/** Conditions are judged on the Namespace as it is in the cluster: what Git says of it is the asker's own word. */
async function admitNamespace(
  { ref, conditions }: SecretStore,
  namespace: string,
  resolving: Resolving,
): Promise<void> {
  if (ref.kind === 'SecretStore' && ref.namespace !== namespace) throw otherNamespace(ref.namespace, namespace);
  if (conditions.length === 0) return;
  const labels = conditions.some(({ namespaceSelector }) => namespaceSelector !== undefined)
    ? await oncePerRun(resolving, JSON.stringify(['labels', namespace]), () =>
        labelsOf(namespace, resolving.request.cluster),
      )
    : {};
  if (conditions.some((condition) => meets(condition, namespace, labels))) return;
  throw new SecretError(
    'secret-refused',
    `${formatStore(ref)}: its conditions do not let namespace ${namespace} use it`,
    {
      object: formatStore(ref),
      hint: 'who keeps the store adds the namespace to spec.conditions; labels count as they are in the cluster',
    },
  );
}

async function labelsOf(namespace: string, cluster: Cluster): Promise<StringMap> {
  const ref = { group: '', kind: 'Namespace', namespace: '', name: namespace };
  const live = await cluster.readMetadata({ ref, version: 'v1' });
  return live?.metadata.labels ?? {};
}

/** Expressions are anchored, where External Secrets Operator's are not: `team-a` there lets `not-team-a-x` in. */
function meets(
  { namespaceSelector, namespaces, namespaceRegexes }: StoreCondition,
  namespace: string,
  labels: StringMap,
): boolean {
  if (namespaces.includes(namespace)) return true;
  if (namespaceRegexes.some((source) => nameMatcher(`^(?:${source})$`)(namespace))) return true;
  return namespaceSelector !== undefined && matchesSelector(namespaceSelector, labels);
}

function otherNamespace(of: string, asking: string): SecretError {
  return new SecretError('secret-refused', `a SecretStore of namespace ${of} may not be used in namespace ${asking}`, {
    hint: 'use a ClusterSecretStore',
  });
}
