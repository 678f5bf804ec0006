import type { RestoreOrder } from '../../plan/restore-order.ts';
import type { Restoration, Target } from './load-restoration.ts';

/** What a person should know before a restore begins. */
export function planNotices(
  order: RestoreOrder,
  restorations: readonly Restoration[],
  target: Target,
): readonly string[] {
  return [...brokenOrder(order), ...olderTarget(restorations, target)];
}

const whyWords = {
  wave: 'its sync wave is earlier',
  parent: 'it declares the other',
  namespace: 'it brings a namespace of the other',
  kind: 'it brings a CRD of the other',
} as const;

function brokenOrder({ broken }: RestoreOrder): readonly string[] {
  return broken.map(
    ({ before, after: later, why }) =>
      `${before} should be restored before ${later}, for ${whyWords[why]}, but they wait for each other in a circle: it is not waited for`,
  );
}

/** An older API server may not know all fields. */
function olderTarget(restorations: readonly Restoration[], { is }: Target): readonly string[] {
  const versions = restorations.map(({ snapshot }) => snapshot.cluster.version);
  const newest = versions.reduce(
    (highest, version) => (minorOf(version) > minorOf(highest) ? version : highest),
    is.version,
  );
  if (minorOf(newest) <= minorOf(is.version)) return [];
  return [
    `${is.name} has Kubernetes ${is.version}, older than the ${newest} that snapshots were taken on: fields may be unknown to it`,
  ];
}

function minorOf(version: string): number {
  const [, major = '0', minor = '0'] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) * 1_000 + Number(minor);
}
