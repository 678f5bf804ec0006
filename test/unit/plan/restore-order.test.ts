import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type OrderedApplication, orderRestore, toOrdered } from '../../../shared/plan/restore-order.ts';
import { definition, manifest, shop } from './samples.ts';

function app(name: string, more: Partial<OrderedApplication> = {}): OrderedApplication {
  return {
    name,
    wave: 0,
    definesKinds: [],
    usesKinds: [],
    bringsNamespaces: [],
    needsNamespaces: [],
    ...more,
  };
}

const layers = (...applications: OrderedApplication[]): unknown => orderRestore(applications).layers;

describe('the order of a restore', () => {
  it('has applications that need nothing of each other at once, by name', () => {
    expect(layers(app('b'), app('c'), app('a'))).toEqual([['a', 'b', 'c']]);
  });

  it('has an application of applications before its children, and theirs after them', () => {
    expect(layers(app('leaf', { parent: 'team' }), app('team', { parent: 'root' }), app('root'))).toEqual([
      ['root'],
      ['team'],
      ['leaf'],
    ]);
  });

  it('has children after their siblings of earlier waves, and takes no notice of the waves of others', () => {
    const parent = 'root';
    expect(
      layers(
        app('a', { parent, wave: 5 }),
        app('b', { parent, wave: -1 }),
        app('c', { parent }),
        app('x', { wave: 9 }),
        app(parent),
      ),
    ).toEqual([['root', 'x'], ['b'], ['c'], ['a']]);
  });

  it('has who brings a CRD before who has objects of that kind, and nobody waits for his own', () => {
    const kind = 'example.com/Widget';
    expect(
      layers(app('user', { usesKinds: [kind] }), app('operator', { definesKinds: [kind], usesKinds: [kind] })),
    ).toEqual([['operator'], ['user']]);
  });

  it('has who brings a Namespace before who lives there', () => {
    expect(layers(app('a', { needsNamespaces: ['n'] }), app('z', { bringsNamespaces: ['n'] }))).toEqual([['z'], ['a']]);
  });

  it('goes on without the weakest of the reasons of a circle, and says which', () => {
    const order = orderRestore([
      app('root', { usesKinds: ['example.com/Widget'] }),
      app('operator', { parent: 'root', definesKinds: ['example.com/Widget'] }),
    ]);
    expect(order.layers).toEqual([['operator'], ['root']]);
    expect(order.broken).toEqual([{ before: 'root', after: 'operator', why: 'parent' }]);
  });

  it('knows what manifests bring and need', () => {
    const manifests = [
      definition('Widget'),
      manifest('Namespace', 'extra'),
      manifest('ConfigMap', 'c', { namespace: 'extra' }),
    ];
    const annotations = { 'argocd.argoproj.io/sync-wave': '3' };
    expect(toOrdered({ application: { ...shop, annotations }, parent: 'root' }, manifests)).toEqual({
      name: 'shop',
      parent: 'root',
      wave: 3,
      definesKinds: ['example.com/Widget'],
      usesKinds: ['apiextensions.k8s.io/CustomResourceDefinition', '/Namespace', '/ConfigMap'],
      bringsNamespaces: ['extra'],
      needsNamespaces: ['shop', 'extra'],
    });
    const makesOwn = { ...shop, syncPolicy: { ...shop.syncPolicy, syncOptions: ['CreateNamespace=true'] } };
    expect(toOrdered({ application: makesOwn }, manifests).needsNamespaces).toEqual(['extra']);
  });

  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const things = fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 2 });
  const anyApplication = fc.record({
    parent: fc.option(fc.constantFrom(...names), { nil: undefined }),
    wave: fc.integer({ min: -1, max: 1 }),
    definesKinds: things,
    usesKinds: things,
    bringsNamespaces: things,
    needsNamespaces: things,
  });
  const anyFleet = fc
    .array(anyApplication, { maxLength: names.length })
    .map((drawn) =>
      drawn.map(({ parent, ...more }, index) =>
        app(names[index] ?? '', { ...more, ...(parent === undefined ? {} : { parent }) }),
      ),
    );

  it('has every application exactly once, and no reason that it kept points backwards', () => {
    fc.assert(
      fc.property(anyFleet, (fleet) => {
        const order = orderRestore(fleet);
        expect(order.layers.flat().sort()).toEqual(fleet.map(({ name }) => name).sort());
        const place = new Map(order.layers.flatMap((layer, index) => layer.map((name) => [name, index] as const)));
        for (const { before, after } of order.edges) expect(place.get(before)).toBeLessThan(place.get(after) ?? -1);
        const weak = order.broken.filter(({ before, after }) =>
          order.edges.some((kept) => kept.before === before && kept.after === after),
        );
        expect(weak).toEqual([]);
      }),
    );
  });

  it('is the same whatever order the applications are given in', () => {
    fc.assert(
      fc.property(
        anyFleet.chain((fleet) =>
          fc.tuple(fc.constant(fleet), fc.shuffledSubarray(fleet, { minLength: fleet.length })),
        ),
        ([fleet, shuffled]) => {
          expect(orderRestore(shuffled)).toEqual(orderRestore(fleet));
        },
      ),
    );
  });
});
