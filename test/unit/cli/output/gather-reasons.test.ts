import { describe, expect, it } from '@jest/globals';
import { gatherReasons, type Remark, SaidBefore } from '../../../../cli/output/gather-reasons.ts';
import { GatheredFailures } from '../../../../cli/output/gathered-failures.ts';
import type { ObjectResult } from '../../../../shared/model/change.ts';
import { aRef } from '../examples.ts';

const user = 'User "dev" cannot';

/** The cluster's own words for an object that may not be read, or the like. */
function forbidden(kind: string, name: string, [step, verb] = ['read', 'get']): Remark {
  const resource = `${kind.toLowerCase()}s`;
  const why = `${resource} "${name}" is forbidden: ${user} ${verb} resource "${resource}"`;
  return { ref: aRef(kind, name), reason: `${kind} shop/${name}: ${step} failed (403 Forbidden): ${why}` };
}

const four = [
  forbidden('ConfigMap', 'a'),
  forbidden('Secret', 'b'),
  forbidden('Service', 'c'),
  forbidden('ConfigMap', 'd'),
];

describe('Reasons of objects', () => {
  it('are one line where a right is missing for more than three, whatever their kinds; with -v each has its own', () => {
    expect(gatherReasons(four, false)).toEqual([
      `4 objects cannot be read (forbidden): first: ConfigMap shop/a: read failed (403 Forbidden): ${user} get resource "configmaps"; -v lists all`,
    ]);
    expect(gatherReasons(four, true)).toHaveLength(4);
  });

  it('are listed singly for up to three, each naming its object once', () => {
    const lines = gatherReasons(four.slice(0, 3), false);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toBe(`Secret shop/b: read failed (403 Forbidden): ${user} get resource "secrets"`);
  });

  it('are kept apart where the causes differ, and those of the whole application as they are', () => {
    const missing = ['a', 'b', 'c', 'd'].map((name) => ({ ref: aRef('ConfigMap', name), reason: 'it is missing' }));
    const denied = four.map(({ ref }) => ({
      ref: ref ?? aRef('ConfigMap', ''),
      reason: `ConfigMap shop/${ref?.name}: server-side apply failed (403 Forbidden): a policy names ${ref?.name}`,
    }));
    expect(gatherReasons([...missing, ...denied, { reason: 'too much is pruned' }], false)).toEqual([
      '4 objects: it is missing: first: ConfigMap shop/a; -v lists all',
      ...denied.map(() => expect.stringContaining('a policy names')),
      'too much is pruned',
    ]);
  });
});

describe('What was said of an object before', () => {
  const said = new SaidBefore();
  const [first] = four as [Remark];
  const immutable = 'failed (422 Invalid): spec.x: immutable';
  said.add('shop', { ...first, reason: `its state is unknown: ${first.reason}` });
  said.add('shop', { ref: aRef('Job', 'j'), reason: `server-side dry run ${immutable}` });
  const cases: readonly (readonly [what: string, application: string, remark: Remark, expected: boolean])[] = [
    ['the same', 'shop', first, true],
    ['the same of another application', 'bank', first, false],
    ['that it could not be compared for it', 'shop', { ...first, reason: `cannot be compared: ${first.reason}` }, true],
    ['a right that is missing too', 'shop', forbidden('ConfigMap', 'a', ['server-side apply', 'patch']), true],
    ['the same at another step', 'shop', { ref: aRef('Job', 'j'), reason: `server-side apply ${immutable}` }, true],
    ['something else', 'shop', { ...first, reason: 'it is missing' }, false],
    ['the same of another object', 'shop', forbidden('ConfigMap', 'z'), false],
  ];
  it.each(cases)('is looked up for %s', (_what, application, remark, expected) =>
    expect(said.has(application, remark)).toBe(expected),
  );
});

describe('Objects that fail while an application is restored', () => {
  function sink() {
    const told: string[] = [];
    const report = (each: { readonly type: string }): void => void told.push(each.type);
    return { told, report, print: (text: string): void => void told.push(text) };
  }
  const failure = ({ ref, reason }: Remark): ObjectResult => ({
    ref: ref ?? aRef('ConfigMap', ''),
    wave: 0,
    action: 'failed',
    message: reason,
  });

  it('are told when it is over: few one by one, many in one line, and none that the plan has named', () => {
    const [first, ...others] = four as [Remark, ...Remark[]];
    const said = new SaidBefore();
    said.add('few', first);
    const to = sink();
    const failures = new GatheredFailures(to, said);
    for (const application of ['few', 'many'])
      for (const each of [first, ...others]) failures.report({ type: 'object', application, result: failure(each) });
    failures.report({ type: 'object', application: 'many', result: { ...failure(first), action: 'created' } });
    expect(to.told).toEqual(['object']);
    failures.flush('few');
    expect(to.told).toEqual(['object', 'object', 'object', 'object']);
    failures.close();
    expect(to.told.slice(4)).toEqual([expect.stringMatching(/^many: failed: 4 objects cannot be read \(forbidden\)/)]);
  });
});
