import { observe } from '../../apply/observe.ts';
import type { Cluster, ObjectAddress } from '../../cluster-ports.ts';
import { isJsonObject, type Json, jsonAt } from '../../model/json.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { keyOf, versionOf } from '../../model/object-ref.ts';
import { type Observation, observedAt } from '../../model/observation.ts';
import type { Conceal } from '../../model/secret-value.ts';
import { isSecret } from '../../plan/secret-data.ts';
import { secretsUsedBy } from '../../plan/secrets/pod-secrets.ts';
import { asksForRestart, isUnstamped, keepStamps, stampWorkload } from '../../plan/secrets/restart-stamp.ts';
import { rehash, type Target } from '../../plan/target.ts';
import { trackingOwner } from '../../plan/tracking.ts';
import { sha256 } from '../sync/desired-state.ts';
import { shortMark } from './keep-secret.ts';
import type { Resolution } from './resolution.ts';

type Around = {
  readonly secrets: Pick<Resolution, 'origins' | 'passed'>;
  readonly cluster: Cluster;
  readonly conceal: Conceal;
};

/** A workload with those of its Secrets that are resolved here. None: controllers in the cluster keep them. `isPartial`: some are left out. */
type User = { readonly target: Target; readonly uses: readonly Target[]; readonly isPartial: boolean };

/**
 * The targets, with workloads that are to be restarted by a changed Secret: only those that use resolved Secrets are looked at, and only
 * their metadata, unless nothing is known of them yet.
 */
export async function stampTargets(targets: readonly Target[], around: Around): Promise<readonly Target[]> {
  const { secrets, cluster, conceal } = around;
  if (secrets.origins.size + secrets.passed.length === 0) return targets;
  const users = new Map(usersAmong(targets, secrets).map((user) => [user.target, user]));
  if (users.size === 0) return targets;
  const observation = await observe([...users.keys()].map(addressOf), cluster);
  const changed = await changedSecrets([...users.values()], { observation, cluster, conceal });
  return targets.map((target) => {
    const user = users.get(target);
    return user === undefined ? target : stampOne(user, { observation, changed, conceal });
  });
}

function usersAmong(targets: readonly Target[], { origins, passed }: Around['secrets']): readonly User[] {
  const resolved = new Map(targets.filter(isResolvedSecret).map((target) => [keyOf(target.ref), target]));
  const elsewhere = new Set(passed.map(({ target }) => keyOf(target)));
  // A sync of selected objects may go without Secrets that its workloads use.
  const leftOut = new Set([...origins.keys()].filter((key) => !resolved.has(key)));
  return targets.flatMap((target) => {
    if (!asksForRestart(target.manifest)) return [];
    const keys = [...secretsUsedBy(target.manifest)].map((name) => secretKey(target.ref.namespace, name));
    const uses = keys.flatMap((key) => resolved.get(key) ?? []);
    const isPartial = keys.some((key) => leftOut.has(key));
    const isUser = uses.length > 0 || isPartial || keys.some((key) => elsewhere.has(key));
    return isUser ? [{ target, uses, isPartial }] : [];
  });
}

function isResolvedSecret({ declaredBy, manifest }: Target): boolean {
  return declaredBy !== undefined && isSecret(manifest);
}

function secretKey(namespace: string, name: string): string {
  return keyOf({ group: '', kind: 'Secret', namespace, name });
}

function addressOf({ ref, manifest }: Target): ObjectAddress {
  return { ref, version: versionOf(manifest.apiVersion) };
}

type Look = { readonly observation: Observation; readonly cluster: Cluster; readonly conceal: Conceal };

/**
 * The Secrets of workloads without a stamp that are about to change, or that have been written here before: then nobody knows what the
 * pods have read.
 */
async function changedSecrets(
  users: readonly User[],
  { observation, cluster, conceal }: Look,
): Promise<ReadonlySet<string>> {
  const unsure = users.filter(({ target }) => {
    const live = liveAt(observation, target);
    return live !== undefined && isUnstamped(live);
  });
  const secrets = new Map(unsure.flatMap(({ uses }) => uses).map((target) => [keyOf(target.ref), target]));
  const looked = await Promise.all(
    [...secrets].map(async ([key, target]) => {
      const live = target.unresolved === undefined ? await cluster.read(addressOf(target)) : undefined;
      return live !== undefined && mayHaveChanged(target, live, conceal) ? [key] : [];
    }),
  );
  return new Set(looked.flat());
}

function mayHaveChanged({ ref, manifest }: Target, live: LiveObject, conceal: Conceal): boolean {
  if (trackingOwner(live, ref) !== undefined) return true;
  const wanted = isJsonObject(manifest['data']) ? manifest['data'] : {};
  // Keys of others in the same Secret are theirs.
  const present = Object.fromEntries(Object.keys(wanted).map((key) => [key, jsonAt(live['data'], key)]));
  return shortMark(wanted, conceal) !== shortMark(present, conceal);
}

function liveAt(observation: Observation, { ref }: Target): LiveObject | undefined {
  const observed = observedAt(observation, ref);
  return observed.state === 'live' ? observed.live : undefined;
}

type Seen = { readonly observation: Observation; readonly changed: ReadonlySet<string>; readonly conceal: Conceal };

function stampOne({ target, uses, isPartial }: User, { observation, changed, conceal }: Seen): Target {
  const live = liveAt(observation, target);
  // Nothing is claimed while nobody knows what a Secret shall be, or what is in the cluster.
  const isUnknown =
    isPartial ||
    observedAt(observation, target.ref).state === 'unreadable' ||
    uses.some(({ unresolved }) => unresolved !== undefined);
  if (uses.length === 0 || isUnknown) return withManifest(target, keepStamps(target.manifest, live));
  const data = uses.map(({ ref, manifest }): readonly [string, Json] => [ref.name, manifest['data'] ?? {}]);
  const stamp = shortMark(Object.fromEntries(data), conceal);
  const mayHave = uses.some(({ ref }) => changed.has(keyOf(ref)));
  return withManifest(
    target,
    stampWorkload(target.manifest, { stamp, mayHaveChanged: mayHave, ...(live === undefined ? {} : { live }) }),
  );
}

function withManifest(target: Target, manifest: Target['manifest']): Target {
  return manifest === target.manifest ? target : rehash({ ...target, manifest }, sha256);
}
