import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LiveObject, Manifest } from '../../../../shared/model/manifest.ts';
import type { ObjectRef } from '../../../../shared/model/object-ref.ts';
import type { WavePlan } from '../../../../shared/plan/plan-wave.ts';
import type { Target } from '../../../../shared/plan/target.ts';
import { applyWave } from '../../../../shared/workflows/sync/apply-wave.ts';
import type { SyncRun } from '../../../../shared/workflows/sync/sync-run.ts';
import { entryOf, liveOf, manifest, shop, targetsOf } from '../../plan/samples.ts';

const reason = 'project team does not allow it';

let sent: string[];
let reported: string[];
beforeEach(() => {
  sent = [];
  reported = [];
});

/** A run whose project forbids the objects of these names; what is sent and reported is noted. */
function runForbidding(...names: readonly string[]): SyncRun {
  const run = {
    request: { application: shop },
    context: {
      projectForbids: ({ name }: ObjectRef) => (names.includes(name) ? reason : undefined),
      syncOptions: [],
      handedOver: new Set<string>(),
      keptByOther: () => undefined,
    },
    cluster: {
      apply: async (wanted: Manifest): Promise<LiveObject> => {
        sent.push(`apply ${wanted.metadata.name}`);
        return liveOf(wanted);
      },
      delete: async ({ ref }: { readonly ref: ObjectRef }) => {
        sent.push(`delete ${ref.name}`);
        return 'requested' as const;
      },
    },
    assess: () => undefined,
    ports: {
      reporter: {
        report: (event: { readonly result: { readonly action: string; readonly ref: ObjectRef } }) =>
          void reported.push(`${event.result.action} ${event.result.ref.name}`),
      },
    },
  };
  return run as unknown as SyncRun;
}

const objects = (...names: readonly string[]): readonly Target[] =>
  targetsOf(names.map((name) => manifest('ConfigMap', name)));

function planOf(plan: Partial<WavePlan>): WavePlan {
  return { groups: [], unchanged: [], deletes: [], kept: [], forgotten: [], unreadable: [], ...plan };
}

const groupOf = (...names: readonly string[]): WavePlan['groups'][number] =>
  objects(...names).map((target) => ({ target }));
const deletesOf = (...names: readonly string[]): WavePlan['deletes'] =>
  objects(...names).map((target) => ({ entry: entryOf(target), live: liveOf(target.manifest) }));

const failure = (name: string) => ({
  ref: { group: '', kind: 'ConfigMap', namespace: 'shop', name },
  wave: 0,
  action: 'failed',
  message: `ConfigMap shop/${name}: ${reason}`,
});

describe('The last check before an object is sent', () => {
  it('sends nothing that the project forbids, and says why', async () => {
    const { results, entries } = await applyWave(runForbidding('b'), planOf({ groups: [groupOf('a', 'b')] }));
    expect(sent).toEqual(['apply a']);
    expect(results).toContainEqual(failure('b'));
    expect(entries.map(({ ref }) => ref.name)).toEqual(['a']);
    expect(reported.toSorted()).toEqual(['created a', 'failed b']);
  });

  it('deletes nothing that the project forbids, and says why', async () => {
    const { results, entries } = await applyWave(runForbidding('b'), planOf({ deletes: deletesOf('a', 'b') }));
    expect(sent).toEqual(['delete a']);
    expect(results).toContainEqual(failure('b'));
    expect(entries).toEqual([]);
    expect(reported.toSorted()).toEqual(['failed b', 'pruned a']);
  });

  it.each([
    ['an apply', { groups: [groupOf('b'), groupOf('c')] }],
    ['a deletion', { deletes: deletesOf('b'), groups: [groupOf('c')] }],
  ])('stops the groups behind %s that the project forbids', async (_what, plan) => {
    await applyWave(runForbidding('b'), planOf(plan));
    expect(sent).toEqual([]);
  });
});
