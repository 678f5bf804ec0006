import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { indexInventory } from '../../../shared/model/inventory.ts';
import { keyOf } from '../../../shared/model/object-ref.ts';
import type { Observation, Observed } from '../../../shared/model/observation.ts';
import { type PlanContext, planWave, type WavePlan } from '../../../shared/plan/plan-wave.ts';
import type { Target } from '../../../shared/plan/target.ts';
import { planWaves } from '../../../shared/plan/waves.ts';
import { entryOf, liveOf, manifest, shop, targetsOf, wave } from './samples.ts';

const number = fc.integer({ min: -2, max: 2 });
const kind = fc.constantFrom('ConfigMap', 'Service', 'Deployment', 'Namespace', 'Secret');
const object = fc
  .tuple(kind, fc.constantFrom('a', 'b', 'c', 'd'), number)
  .map(([one, name, at]) => manifest(one, name, wave(at)));
const manifests = fc.uniqueArray(object, { selector: (one) => `${one.kind}/${one.metadata.name}` });

type Given = {
  readonly wanted: readonly Target[];
  readonly leaving?: readonly Target[];
  readonly observed: (target: Target) => Observed;
};

function plan({ wanted, leaving = [], observed }: Given): readonly WavePlan[] {
  const entries = [...wanted, ...leaving].map((target) => entryOf(target));
  const observation: Observation = new Map(
    [...wanted, ...leaving].map((target) => [keyOf(target.ref), observed(target)]),
  );
  const context: PlanContext = {
    application: shop.name,
    inventory: indexInventory(entries),
    prune: true,
    approvePrune: false,
    syncOptions: [],
    projectForbids: () => undefined,
    handedOver: new Set(),
    keptByOther: () => undefined,
  };
  const prunable = leaving.map((target) => entryOf(target));
  return planWaves({ targets: wanted, prunable, application: shop }).map((one) => planWave(one, observation, context));
}

const asWanted = (target: Target): Observed => ({ state: 'live', live: liveOf(target.manifest) });

describe('a plan', () => {
  it('of what is in sync does nothing', () => {
    fc.assert(
      fc.property(manifests, (given) => {
        for (const { groups, deletes, kept, forgotten, unreadable } of plan({
          wanted: targetsOf(given),
          observed: asWanted,
        })) {
          expect([groups, deletes, kept, forgotten, unreadable]).toEqual([[], [], [], [], []]);
        }
      }),
    );
  });

  it('of what is absent applies everything once', () => {
    fc.assert(
      fc.property(manifests, (given) => {
        const plans = plan({ wanted: targetsOf(given), observed: () => ({ state: 'absent' }) });
        expect(plans.flatMap(({ groups }) => groups.flat())).toHaveLength(given.length);
      }),
    );
  });

  it('deletes all that is not wanted any more, and nothing that it cannot read', () => {
    fc.assert(
      fc.property(manifests, (given) => {
        const leaving = targetsOf(given);
        const deletes = plan({ wanted: [], leaving, observed: asWanted }).flatMap((one) => one.deletes);
        expect(deletes).toHaveLength(leaving.length);
        const blind = plan({ wanted: [], leaving, observed: () => ({ state: 'unreadable', message: '403' }) });
        expect(blind.flatMap((one) => one.deletes)).toEqual([]);
        expect(blind.flatMap((one) => one.kept)).toHaveLength(leaving.length);
      }),
    );
  });

  it('leaves alone what another application owns, and says whose it is', () => {
    fc.assert(
      fc.property(manifests, (given) => {
        const wanted = targetsOf(given);
        const theirs = new Map(
          targetsOf(given, { ...shop, name: 'cart' }).map(({ ref, manifest: own }) => [keyOf(ref), own]),
        );
        const observed = (target: Target): Observed => ({
          state: 'live',
          live: liveOf(theirs.get(keyOf(target.ref)) ?? target.manifest),
        });
        const plans = plan({ wanted, observed });
        expect(plans.flatMap(({ groups, unchanged }) => [...groups, ...unchanged])).toEqual([]);
        const messages = plans.flatMap(({ unreadable }) => unreadable.map(({ message }) => message));
        expect(messages).toHaveLength(given.length);
        expect(messages.every((message) => message.endsWith('belongs to application cart'))).toBe(true);
      }),
    );
  });
});
