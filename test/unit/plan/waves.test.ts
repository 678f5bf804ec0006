import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { keyOf } from '../../../shared/model/object-ref.ts';
import { compareObjects } from '../../../shared/plan/order.ts';
import { planWaves, type Wave } from '../../../shared/plan/waves.ts';
import { definition, entryOf, manifest, shop, targetsOf, wave, withOptions } from './samples.ts';

function plan(manifests: readonly Manifest[], prunable: readonly Manifest[] = [], application = shop): readonly Wave[] {
  return planWaves({
    targets: targetsOf(manifests),
    prunable: targetsOf(prunable).map((target) => entryOf(target)),
    application,
  });
}

function shape(waves: readonly Wave[]): unknown {
  return waves.map(({ wave: number, groups }) => [
    number,
    groups.map((group) => group.map(({ ref }) => `${ref.kind}/${ref.name}`)),
  ]);
}

function prunes(waves: readonly Wave[]): unknown {
  return waves
    .filter(({ prune }) => prune.length > 0)
    .map(({ wave: number, prune }) => [number, prune.map(({ ref }) => ref.name)]);
}

describe('waves', () => {
  it('go up, with kinds in the groups that have to wait for each other', () => {
    const waves = plan([
      manifest('ValidatingWebhookConfiguration', 'hook'),
      manifest('Deployment', 'web'),
      manifest('Ingress', 'web'),
      manifest('Service', 'web'),
      manifest('Secret', 'web'),
      manifest('ServiceAccount', 'web'),
      manifest('Namespace', 'shop'),
      manifest('ConfigMap', 'late', wave(2)),
      manifest('ConfigMap', 'early', wave(-1)),
    ]);
    expect(shape(waves)).toEqual([
      [-1, [['Namespace/shop'], ['ConfigMap/early']]],
      [
        0,
        [
          ['ServiceAccount/web'],
          ['Secret/web', 'Service/web'],
          ['Deployment/web'],
          ['Ingress/web'],
          ['ValidatingWebhookConfiguration/hook'],
        ],
      ],
      [2, [['ConfigMap/late']]],
    ]);
  });

  it('bring a CRD into an entry of its own, before its custom resources', () => {
    const waves = plan([manifest('Widget', 'a'), definition('Widget', wave(3)), manifest('Deployment', 'operator')]);
    expect(shape(waves)).toEqual([
      [0, [['CustomResourceDefinition/widgets.example.com']]],
      [0, [['Deployment/operator'], ['Widget/a']]],
    ]);
  });

  it('stay whole where the custom resources come in a later wave anyway', () => {
    const waves = plan([manifest('Widget', 'a', wave(1)), definition('Widget'), manifest('Deployment', 'operator')]);
    expect(waves.map(({ wave: number }) => number)).toEqual([0, 1]);
  });
});

describe('prune waves', () => {
  const leaving = [
    manifest('ConfigMap', 'a', wave(-1)),
    manifest('ConfigMap', 'b'),
    manifest('ConfigMap', 'c', wave(5)),
  ];

  it('are mirrored', () => {
    expect(prunes(plan([], leaving))).toEqual([
      [-1, ['c']],
      [0, ['b']],
      [5, ['a']],
    ]);
  });

  it('keep the middle one where it is', () => {
    expect(prunes(plan([], leaving.slice(0, 1)))).toEqual([[-1, ['a']]]);
  });

  it('come after everything with PruneLast', () => {
    expect(prunes(plan([manifest('ConfigMap', 'kept', wave(7))], leaving, withOptions('PruneLast=true')))).toEqual([
      [8, ['c', 'b', 'a']],
    ]);
  });

  it('come after everything for the objects that ask for it', () => {
    const last = { annotations: { ...wave(5).annotations, 'argocd.argoproj.io/sync-options': 'PruneLast=true' } };
    const asking = [...leaving.slice(0, 2), manifest('ConfigMap', 'c', last)];
    expect(prunes(plan([], asking))).toEqual([
      [-1, ['b']],
      [0, ['a']],
      [1, ['c']],
    ]);
  });
});

const number = fc.integer({ min: -2, max: 2 });
const name = fc.constantFrom('a', 'b', 'c', 'd');
const object = fc.oneof(
  fc
    .tuple(fc.constantFrom('ConfigMap', 'Service', 'Deployment', 'Widget'), name, name, number)
    .map(([kind, id, namespace, at]) => manifest(kind, id, { ...wave(at), namespace })),
  fc.tuple(name, number).map(([id, at]) => manifest('Namespace', id, wave(at))),
  number.map((at) => definition('Widget', wave(at))),
);
const manifests = fc
  .uniqueArray(object, {
    selector: ({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}`,
    maxLength: 30,
  })
  .map((all) => (all.some(({ kind }) => kind === 'CustomResourceDefinition') ? all : [...all, definition('Widget')]));

describe('any plan', () => {
  it('has every object exactly once', () => {
    fc.assert(
      fc.property(manifests, manifests, (wanted, leaving) => {
        const waves = plan(wanted, leaving);
        const applied = waves.flatMap(({ groups }) => groups.flat()).map(({ ref }) => keyOf(ref));
        const pruned = waves.flatMap(({ prune }) => prune).map(({ ref }) => keyOf(ref));
        expect(applied.sort()).toEqual(
          targetsOf(wanted)
            .map(({ ref }) => keyOf(ref))
            .sort(),
        );
        expect(pruned.sort()).toEqual(
          targetsOf(leaving)
            .map(({ ref }) => keyOf(ref))
            .sort(),
        );
      }),
    );
  });

  it('goes up, has a Namespace before its content, and a CRD in an earlier entry than its custom resources', () => {
    fc.assert(
      fc.property(manifests, (wanted) => {
        const waves = plan(wanted);
        const numbers = waves.map(({ wave: at }) => at);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        const places = new Map(
          waves.flatMap(({ groups }, index) =>
            groups.flatMap((group, step) =>
              group.map(({ ref }) => [`${ref.kind}/${ref.namespace}/${ref.name}`, { index, step }]),
            ),
          ),
        );
        const definitionAt = places.get('CustomResourceDefinition//widgets.example.com');
        for (const [key, place] of places) {
          const [kind, namespace] = key.split('/');
          const home = places.get(`Namespace//${namespace}`);
          if (home !== undefined) expect(home.index * 100 + home.step).toBeLessThan(place.index * 100 + place.step);
          if (kind === 'Widget') expect(definitionAt?.index).toBeLessThan(place.index);
        }
      }),
    );
  });

  it('does not depend on the order of the render', () => {
    fc.assert(
      fc.property(manifests, (wanted) => {
        expect(plan(wanted.toReversed())).toEqual(plan(wanted));
      }),
    );
  });
});

describe('the order of objects', () => {
  it('is total', () => {
    fc.assert(
      fc.property(manifests, (wanted) => {
        const targets = targetsOf(wanted);
        for (const a of targets) {
          for (const b of targets) {
            expect(Math.sign(compareObjects(a, b)) + Math.sign(compareObjects(b, a))).toBe(0);
            expect(compareObjects(a, b) === 0).toBe(a === b);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});
