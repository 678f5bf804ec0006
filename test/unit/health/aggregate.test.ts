import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AssessedObject, aggregateHealth } from '../../../shared/health/aggregate.ts';
import { type HealthCode, healthCodes } from '../../../shared/model/status.ts';

function object(code: HealthCode | undefined, name: string = 'web', message = ''): AssessedObject {
  const ref = { group: 'apps', kind: 'Deployment', namespace: 'shop', name };
  return { ref, health: code === undefined ? undefined : { code, message } };
}

describe('the health of an application', () => {
  it.each<[(HealthCode | undefined)[], HealthCode]>([
    [[], 'Healthy'],
    [[undefined], 'Healthy'],
    [['Healthy', undefined], 'Healthy'],
    [['Healthy', 'Suspended'], 'Suspended'],
    [['Suspended', 'Progressing'], 'Progressing'],
    [['Degraded', 'Progressing'], 'Degraded'],
    [['Degraded', 'Unknown'], 'Unknown'],
    [['Healthy', 'Missing'], 'Healthy'],
    [['Missing', 'Progressing'], 'Progressing'],
    [['Missing', 'Missing'], 'Missing'],
  ])('of objects %j is %s', (codes, expected) => {
    expect(aggregateHealth(codes.map((code) => object(code))).code).toBe(expected);
  });

  it('leaves out objects that ask for it', () => {
    const ignored = { ...object('Degraded'), annotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true' } };
    expect(aggregateHealth([object('Healthy'), ignored])).toEqual({ code: 'Healthy', message: '' });
  });

  it('names up to three objects that cause it', () => {
    const objects = ['a', 'b', 'c', 'd', 'e'].map((name) => object('Progressing', name, '0 of 1 replicas updated'));
    expect(aggregateHealth([object('Suspended', 'z'), ...objects]).message).toBe(
      'Caused by Deployment shop/a: 0 of 1 replicas updated; Deployment shop/b: 0 of 1 replicas updated; Deployment shop/c: 0 of 1 replicas updated; and 2 more',
    );
  });

  it('never gets better by an object more', () => {
    const code = fc.constantFrom(...healthCodes.filter((one) => one !== 'Missing'), undefined);
    fc.assert(
      fc.property(fc.array(code), code, (codes, more) => {
        const rank = (all: readonly (HealthCode | undefined)[]): number =>
          healthCodes.indexOf(aggregateHealth(all.map((one) => object(one))).code);
        expect(rank([...codes, more])).toBeGreaterThanOrEqual(rank(codes));
      }),
    );
  });
});
