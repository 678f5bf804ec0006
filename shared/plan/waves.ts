import { type Application, hasSyncOption } from '../model/application.ts';
import type { InventoryEntry } from '../model/inventory.ts';
import { definedKind } from './kind-lookup.ts';
import { rankClass } from './kind-order.ts';
import { compareObjects } from './order.ts';
import { secretsUsedBy } from './secrets/pod-secrets.ts';
import type { Target } from './target.ts';

/** What is done together before anything later starts: first the deletions, then the groups, then a wait for health. */
export type Wave = {
  /** The sync wave; two entries in a row may have the same. */
  readonly wave: number;
  /** One after the other; all objects of a group at once. */
  readonly groups: readonly (readonly Target[])[];
  readonly prune: readonly InventoryEntry[];
};

export type WaveInput = {
  readonly targets: readonly Target[];
  readonly prunable: readonly InventoryEntry[];
  readonly application: Application;
};

/**
 * All objects in the order of their waves; each exactly once.
 * A Namespace comes before what lives in it, a CRD in an earlier entry than its custom resources, a Secret that is resolved before the
 * workloads that use it: each adopts their wave if that is earlier.
 * Prune waves are mirrored, so that what came last goes first. Source: Argo CD's sync_tasks.go and sync_context.go.
 */
export function planWaves(input: WaveInput): readonly Wave[] {
  const targets = adoptWaves(input.targets).toSorted(compareObjects);
  const targetsByWave = Map.groupBy(targets, ({ wave }) => wave);
  const prunesByWave = mirrorPrunes(input, targets);
  const numbers = [...new Set([...targetsByWave.keys(), ...prunesByWave.keys()])].sort((a, b) => a - b);
  return numbers.flatMap((wave) => {
    const prune = prunesByWave.get(wave) ?? [];
    const [first = [], ...steps] = splitAtDefinitions(targetsByWave.get(wave) ?? []);
    return [
      { wave, groups: groupByClass(first), prune },
      ...steps.map((step) => ({ wave, groups: groupByClass(step), prune: [] })),
    ];
  });
}

/** A Namespace, a CRD or a Secret that is resolved, of a later wave than its first dependant, moves to that one's wave. */
function adoptWaves(targets: readonly Target[]): readonly Target[] {
  const earliest = new Map<string, number>();
  for (const { ref, manifest, wave } of targets) {
    const secrets = [...secretsUsedBy(manifest)].map((name) => secretKey(ref.namespace, name));
    for (const key of [namespaceKey(ref.namespace), kindKey(ref), ...secrets])
      earliest.set(key, Math.min(wave, earliest.get(key) ?? wave));
  }
  return targets.map((target) => {
    const key = dependantKey(target) ?? resolvedSecretKey(target);
    const wave = Math.min(target.wave, (key === undefined ? undefined : earliest.get(key)) ?? target.wave);
    return wave === target.wave ? target : { ...target, wave };
  });
}

/** By what an object's dependants are found; undefined for objects that have none. */
function dependantKey({ ref, manifest }: Target): string | undefined {
  if (ref.group === '' && ref.kind === 'Namespace') return namespaceKey(ref.name);
  const defined = definedKind(manifest);
  return defined === undefined ? undefined : kindKey(defined);
}

/** The same for a Secret that is resolved; one that Git has as it is keeps the wave that it says. */
function resolvedSecretKey({ ref, declaredBy }: Target): string | undefined {
  const isResolved = declaredBy !== undefined && ref.group === '' && ref.kind === 'Secret';
  return isResolved ? secretKey(ref.namespace, ref.name) : undefined;
}

const namespaceKey = (namespace: string): string => `namespace ${namespace}`;
const kindKey = ({ group, kind }: { readonly group: string; readonly kind: string }): string => `kind ${group}/${kind}`;
const secretKey = (namespace: string, name: string): string => `secret ${namespace}/${name}`;

/**
 * CRDs and Namespaces before all else, where a wave holds a CRD and its custom resources: the API has to be served first.
 * Nothing else goes ahead, for a workload may need a custom resource to become healthy.
 */
function splitAtDefinitions(targets: readonly Target[]): readonly (readonly Target[])[] {
  const kinds = new Set(targets.map(({ ref }) => kindKey(ref)));
  const holdsBoth = targets.some(({ manifest }) => {
    const defined = definedKind(manifest);
    return defined !== undefined && kinds.has(kindKey(defined));
  });
  if (!holdsBoth) return [targets];
  const goesAhead = (target: Target): boolean => dependantKey(target) !== undefined;
  return [targets.filter(goesAhead), targets.filter((target) => !goesAhead(target))];
}

function groupByClass(targets: readonly Target[]): readonly (readonly Target[])[] {
  const byClass = Map.groupBy(targets, ({ ref }) => rankClass(ref.kind));
  return [...byClass.entries()].sort(([a], [b]) => a - b).map(([, group]) => group);
}

function mirrorPrunes(
  { prunable, application }: WaveInput,
  targets: readonly Target[],
): ReadonlyMap<number, readonly InventoryEntry[]> {
  const allLast = hasSyncOption(application.syncPolicy.syncOptions, 'PruneLast');
  const { last = [], mirrored = [] } = Object.groupBy(prunable, (entry) =>
    allLast || entry.pruneLast === true ? 'last' : 'mirrored',
  );
  const waves = [...new Set(mirrored.map(({ wave }) => wave))].sort((a, b) => a - b);
  const mirror = new Map(waves.map((wave, index) => [wave, waves[waves.length - 1 - index] ?? wave]));
  const afterAll = Math.max(0, ...targets.map(({ wave }) => wave), ...waves) + 1;
  const waveOf = (entry: InventoryEntry): number => mirror.get(entry.wave) ?? entry.wave;
  const placed = [
    ...mirrored.map((entry) => ({ entry, wave: waveOf(entry) })),
    ...last.map((entry) => ({ entry, wave: afterAll })),
  ];
  placed.sort((a, b) => -compareObjects(a.entry, b.entry));
  const byWave = Map.groupBy(placed, ({ wave }) => wave);
  return new Map([...byWave].map(([wave, entries]) => [wave, entries.map(({ entry }) => entry)]));
}
