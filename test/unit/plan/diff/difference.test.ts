import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../../shared/model/json.ts';
import type { LiveObject } from '../../../../shared/model/manifest.ts';
import { difference } from '../../../../shared/plan/diff/difference.ts';
import { objectDifference } from '../../../../shared/plan/diff/object-difference.ts';
import { unifiedDiff } from '../../../../shared/plan/diff/unified-diff.ts';

const now = Date.parse('2026-01-01T12:00:00Z');

function owned(manager: string, fields: JsonObject, time = '2026-01-01T11:58:00Z'): Json {
  return { manager, operation: 'Apply', time, fieldsType: 'FieldsV1', fieldsV1: fields };
}

const ownFields = {
  'f:metadata': { 'f:labels': { 'f:app': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:name': {}, 'f:image': {} } } } },
  },
};

type Parts = {
  readonly replicas?: number;
  readonly image?: string;
  readonly managedFields?: Json;
  readonly metadata?: object;
  readonly extra?: object;
};

function deployment({
  replicas = 3,
  image = 'web:1',
  managedFields,
  metadata = {},
  extra = {},
}: Parts = {}): LiveObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'uid-1',
      resourceVersion: '1',
      labels: { app: 'web' },
      managedFields: managedFields ?? [owned('plumbline', ownFields)],
      ...metadata,
    },
    spec: {
      replicas,
      template: {
        spec: {
          containers: [
            { name: 'sidecar', image: 'proxy' },
            { name: 'web', image },
          ],
        },
      },
    },
    status: { replicas },
    ...extra,
  };
}

const scaledByHand = deployment({
  replicas: 5,
  managedFields: [owned('plumbline', {}), owned('kubectl-edit', { 'f:spec': { 'f:replicas': {} } })],
});
const ref = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };

describe('a difference', () => {
  it('names the field and who changed it', () => {
    expect(difference(scaledByHand, deployment())).toEqual([
      {
        path: 'spec.replicas',
        steps: ['spec', 'replicas'],
        before: 5,
        after: 3,
        changedBy: { manager: 'kubectl-edit', time: '2026-01-01T11:58:00Z' },
      },
    ]);
  });

  it('pairs list elements by name', () => {
    const fields = difference(deployment(), deployment({ image: 'web:2' }));
    expect(fields.map(({ path }) => path)).toEqual(['spec.template.spec.containers[1].image']);
  });

  it('names an element of a list where it will be, or was', () => {
    const [alone, both] = ['b', 'a b'].map((names) =>
      deployment({ managedFields: [], extra: { spec: { list: names.split(' ').map((name) => ({ name })) } } }),
    ) as [LiveObject, LiveObject];
    const all = { managedFields: undefined };
    const bare = (object: LiveObject): LiveObject => ({ ...object, metadata: { ...object.metadata, ...all } as never });
    expect(difference(bare(alone), bare(both)).map(({ path, after }) => [path, after])).toEqual([
      ['spec.list[0]', { name: 'a' }],
    ]);
    expect(difference(bare(both), bare(alone)).map(({ path, before }) => [path, before])).toEqual([
      ['spec.list[0]', { name: 'a' }],
    ]);
  });

  it('is none in status and in what only the API server writes', () => {
    const later = { resourceVersion: '9', generation: 4, creationTimestamp: '2026-01-01T00:00:00Z' };
    expect(difference(deployment(), deployment({ metadata: later, extra: { status: {} } }))).toEqual([]);
  });

  it('is none in the copy that kubectl keeps', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    expect(difference(deployment({ metadata: { annotations } }), deployment())).toEqual([]);
  });

  it('counts status where Plumbline applies it', () => {
    const applies = deployment({ managedFields: [owned('plumbline', { 'f:status': { 'f:replicas': {} } })] });
    expect(difference(applies, { ...applies, status: { replicas: 1 } }).map(({ path }) => path)).toEqual([
      'status.replicas',
    ]);
  });

  it('is none where only a webhook would change what Plumbline does not apply', () => {
    const stamped = deployment({ metadata: { annotations: { stamp: 'now' } } });
    expect(difference(deployment(), stamped)).toEqual([]);
  });

  it('counts what Plumbline takes away', () => {
    const before = deployment({
      metadata: { labels: { app: 'web', old: 'x' } },
      managedFields: [owned('plumbline', { 'f:metadata': { 'f:labels': { 'f:old': {} } } })],
    });
    expect(difference(before, deployment()).map(({ path }) => path)).toEqual(['metadata.labels.old']);
  });

  it('of equal objects is none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const object = deployment({ extra: { spec: { value: value as Json } }, managedFields: [] });
        const reordered = JSON.parse(JSON.stringify(object)) as LiveObject;
        expect(difference(object, reordered)).toEqual([]);
        expect(unifiedDiff({ ref, live: object, predicted: reordered, now })).toBe('');
      }),
    );
  });
});

describe('a unified diff', () => {
  it('reads as kubectl users know it, and names who changed a line', () => {
    expect(unifiedDiff({ ref, live: scaledByHand, predicted: deployment(), now })).toBe(
      [
        '--- live/apps.Deployment.shop.web',
        '+++ git/apps.Deployment.shop.web',
        '@@ -6,7 +6,7 @@',
        '   name: web',
        '   namespace: shop',
        ' spec:',
        '-  replicas: 5 # changed by kubectl-edit (2 min ago)',
        '+  replicas: 3',
        '   template:',
        '     spec:',
        '       containers:',
        '',
      ].join('\n'),
    );
  });

  it('shows the whole object where it is new or goes', () => {
    const created = unifiedDiff({ ref, live: undefined, predicted: deployment(), now });
    const pruned = unifiedDiff({ ref, live: deployment(), predicted: undefined, now });
    expect(created).toContain('+  replicas: 3');
    expect(created).not.toMatch(/^-(?!--)/m);
    expect(pruned).toContain('-  replicas: 3');
    expect(pruned).not.toMatch(/^\+(?!\+\+)/m);
    expect(created + pruned).not.toMatch(/managedFields|resourceVersion|status/);
  });

  it('comes with its fields for programs', () => {
    expect(objectDifference({ ref, live: scaledByHand, predicted: deployment(), now })).toMatchObject({
      ref,
      change: 'change',
      fields: [{ path: 'spec.replicas', manager: 'kubectl-edit' }],
    });
    expect(objectDifference({ ref, live: undefined, predicted: deployment(), now })?.change).toBe('create');
    expect(objectDifference({ ref, live: deployment(), predicted: undefined, now })?.change).toBe('prune');
    expect(objectDifference({ ref, live: deployment(), predicted: deployment(), now })).toBeUndefined();
  });
});
