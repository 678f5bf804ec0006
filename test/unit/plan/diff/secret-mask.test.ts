import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../../../../shared/model/json.ts';
import type { LiveObject } from '../../../../shared/model/manifest.ts';
import { difference } from '../../../../shared/plan/diff/difference.ts';
import { maskSecrets } from '../../../../shared/plan/diff/secret-mask.ts';
import { unifiedDiff } from '../../../../shared/plan/diff/unified-diff.ts';

const ref = { group: '', kind: 'Secret', namespace: 'shop', name: 'web' };

function secret(fields: JsonObject, annotations: Record<string, string> = {}): LiveObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'web', namespace: 'shop', uid: '1', resourceVersion: '1', annotations },
    ...fields,
  };
}

describe('the values of a Secret', () => {
  it('are marked alike where they are equal, and differently where they are not', () => {
    const live = secret({ data: { a: 'MQ==', b: 'MQ==', c: 'Mw==' } });
    const predicted = secret({ data: { a: 'MQ==', b: 'Mg==', c: 'Mw==', d: 'MQ==' } });
    expect(maskSecrets({ live, predicted })).toMatchObject({
      live: { data: { a: '<hidden 1>', b: '<hidden 1>', c: '<hidden 2>' } },
      predicted: { data: { a: '<hidden 1>', b: '<hidden 3>', c: '<hidden 2>', d: '<hidden 1>' } },
    });
  });

  it('are marked in copies that tools keep in annotations', () => {
    const copy = 'kubectl.kubernetes.io/last-applied-configuration';
    const { predicted } = maskSecrets({
      live: undefined,
      predicted: secret({}, { [copy]: '{"data":"x"}', kept: 'x' }),
    });
    expect(predicted.metadata.annotations).toEqual({ [copy]: '<hidden 1>', kept: 'x' });
  });

  it('are marked in labels, annotations and other kinds where these say that they hold some, whichever side says it', () => {
    const holds = { 'plumbline.dev/secret-fields': 'labels/l annotations/a body' };
    const config = { ...secret({ data: { key: 'x', n: 1, on: true } }, { a: 'x', b: 'y' }), kind: 'ConfigMap' };
    const live = { ...config, metadata: { ...config.metadata, labels: { l: 'x', m: 'z' } } };
    const predicted = { ...config, metadata: { ...config.metadata, annotations: { ...holds, a: 'other' } } };
    const masked = maskSecrets({ live, predicted });
    expect(masked.live).toMatchObject({
      kind: 'ConfigMap',
      metadata: { labels: { l: '<hidden 1>', m: 'z' }, annotations: { a: '<hidden 1>', b: 'y' }, name: 'web' },
      data: { key: '<hidden 1>', n: '<hidden 2>', on: true },
    });
    expect(masked.predicted).toMatchObject({ metadata: { annotations: { ...holds, a: '<hidden 3>' } } });
  });

  it('are left as they are in other kinds', () => {
    const config = { ...secret({ data: { a: 'plain' } }), kind: 'ConfigMap' };
    expect(maskSecrets({ live: config, predicted: config })).toEqual({ live: config, predicted: config });
  });

  it('show in no diff', () => {
    const value = fc.stringMatching(/^[A-Z]{6,40}$/);
    const data = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value);
    fc.assert(
      fc.property(data, data, data, (before, after, plain) => {
        const live = secret(
          { data: before, stringData: plain },
          { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(before) },
        );
        const predicted = secret({ data: after });
        const shown = [
          unifiedDiff({ ref, live, predicted, now: 0 }),
          unifiedDiff({ ref, live: undefined, predicted, now: 0 }),
          unifiedDiff({ ref, live, predicted: undefined, now: 0 }),
          JSON.stringify(difference(live, predicted)),
          JSON.stringify(difference(undefined, predicted)),
        ].join('\n');
        for (const hidden of [before, after, plain].flatMap(Object.values)) expect(shown).not.toContain(hidden);
      }),
    );
  });
});
