import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../../shared/model/json.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import { refOf } from '../../../../shared/model/object-ref.ts';
import { type ManifestSide, manifestDifferences } from '../../../../shared/plan/diff/manifest-differences.ts';
import { objectDifference } from '../../../../shared/plan/diff/object-difference.ts';

const object = (kind: string, name: string, data: { readonly [key: string]: Json }): Manifest => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop' },
  data,
});
const side = (label: string, ...manifests: readonly Manifest[]): ManifestSide => ({
  label,
  objects: manifests.map((manifest) => ({ ref: refOf(manifest), manifest })),
});

describe('a diff between two sets of manifests', () => {
  it('goes from the first to the second, and calls them by their names', () => {
    const from = side('snapshot/old', object('ConfigMap', 'a', { text: 'old' }));
    const to = side('snapshot/new', object('ConfigMap', 'a', { text: 'new' }));
    expect(manifestDifferences(from, to)).toMatchObject([
      {
        ref: { kind: 'ConfigMap', name: 'a' },
        change: 'change',
        fields: [{ path: 'data.text' }],
        text: [
          '--- snapshot/old/ConfigMap.shop.a',
          '+++ snapshot/new/ConfigMap.shop.a',
          '@@ -1,6 +1,6 @@',
          ' apiVersion: v1',
          ' data:',
          '-  text: old',
          '+  text: new',
          ' kind: ConfigMap',
          ' metadata:',
          '   name: a',
          '',
        ].join('\n'),
      },
    ]);
  });

  it('tells what only one of them has, and nothing of what is the same', () => {
    const same = object('ConfigMap', 'same', { a: '1' });
    const from = side('git', same, object('ConfigMap', 'gone', {}));
    const to = side('git', object('ConfigMap', 'come', {}), same);
    const found = manifestDifferences(from, to);
    expect(found.map(({ ref, change }) => [ref.name, change])).toEqual([
      ['come', 'create'],
      ['gone', 'prune'],
    ]);
    expect(found[0]?.text).not.toMatch(/^-(?!--)/m);
    expect(found[1]?.text).not.toMatch(/^\+(?!\+\+)/m);
  });

  it('shows that the values of a Secret differ, and none of them', () => {
    const from = side('a', object('Secret', 's', { token: 'Zmlyc3Q=', same: 'c2FtZQ==' }));
    const to = side('b', object('Secret', 's', { token: 'c2Vjb25k', same: 'c2FtZQ==' }));
    const text = JSON.stringify([...manifestDifferences(from, to), ...manifestDifferences(from, side('b'))]);
    expect(text).toContain('token: <hidden');
    for (const value of ['Zmlyc3Q=', 'c2Vjb25k', 'c2FtZQ==']) expect(text).not.toContain(value);
  });
});

describe('a diff that is reversed', () => {
  const sides = { live: 'live', predicted: 'snapshot/old', isReversed: true };
  const managedFields = [
    { manager: 'plumbline', operation: 'Apply', fieldsV1: { 'f:data': {} } },
    {
      manager: 'kubectl-edit',
      operation: 'Update',
      time: '2026-01-01T11:58:00Z',
      fieldsV1: { 'f:data': { 'f:text': {} } },
    },
  ];
  const wanted = object('ConfigMap', 'a', { text: 'as it was' });
  const byHand = object('ConfigMap', 'a', { text: 'by hand' });
  const live = { ...byHand, metadata: { ...byHand.metadata, managedFields } };
  const now = Date.parse('2026-01-01T12:00:00Z');
  const ref = refOf(wanted);

  it('goes from what was wanted to what the cluster has, and names there who changed it', () => {
    expect(objectDifference({ ref, live, predicted: wanted, now, sides })).toMatchObject({
      change: 'change',
      fields: [{ path: 'data.text', manager: 'kubectl-edit' }],
      text: [
        '--- snapshot/old/ConfigMap.shop.a',
        '+++ live/ConfigMap.shop.a',
        '@@ -1,6 +1,6 @@',
        ' apiVersion: v1',
        ' data:',
        '-  text: as it was',
        '+  text: by hand # changed by kubectl-edit (2 min ago)',
        ' kind: ConfigMap',
        ' metadata:',
        '   name: a',
        '',
      ].join('\n'),
    });
  });

  it('calls removed what the cluster has not, and added what it has beyond', () => {
    const absent = objectDifference({ ref, live: undefined, predicted: wanted, now, sides });
    expect(absent).toMatchObject({ change: 'prune', text: expect.stringContaining('-  text: as it was') });
    const extra = objectDifference({ ref, live, predicted: undefined, now, sides });
    expect(extra).toMatchObject({ change: 'create', text: expect.stringContaining('+  text: by hand') });
  });
});
