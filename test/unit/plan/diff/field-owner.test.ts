import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../../shared/model/json.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import { fieldOwners } from '../../../../shared/plan/diff/field-owner.ts';
import { type FieldPath, formatPath } from '../../../../shared/plan/diff/field-path.ts';

const fields: Json = {
  'f:metadata': { 'f:annotations': { '.': {}, 'f:a.b/c': {} }, 'f:finalizers': { 'v:"x/y"': {} } },
  'f:spec': {
    'f:selector': {},
    'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
    'f:args': { 'i:1': {} },
  },
};

const object: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'web',
    annotations: { 'a.b/c': '1' },
    finalizers: ['other', 'x/y'],
    managedFields: [
      { manager: 'early', time: '2026-01-01T00:00:00Z', fieldsV1: fields },
      { manager: 'late', time: '2026-01-02T00:00:00Z', fieldsV1: { 'f:spec': { 'f:selector': { 'f:app': {} } } } },
    ],
  },
  spec: {
    selector: { app: 'web' },
    ports: [
      { port: 443, protocol: 'TCP' },
      { protocol: 'TCP', port: 80 },
    ],
    args: ['a', 'b'],
  },
};

describe('the owners of a field', () => {
  it.each<[FieldPath, string[]]>([
    [['metadata', 'annotations', 'a.b/c'], ['early']],
    [['metadata', 'annotations', 'other'], []],
    [['metadata', 'finalizers', 1], ['early']],
    [['metadata', 'finalizers', 0], []],
    [['spec', 'ports', 1, 'port'], ['early']],
    [['spec', 'ports', 0, 'port'], []],
    [['spec', 'args', 1], ['early']],
    [['spec', 'args', 0], []],
    [
      ['spec', 'selector', 'app'],
      ['late', 'early'],
    ],
    [['spec', 'nothing'], []],
  ])('%j: %j', (path, managers) => {
    expect(fieldOwners(object, path).map(({ manager }) => manager)).toEqual(managers);
  });

  it('are none where nothing is told', () => {
    expect(fieldOwners({ ...object, metadata: { name: 'web' } }, ['spec'])).toEqual([]);
  });
});

describe('a path', () => {
  it.each<[FieldPath, string]>([
    [['spec', 'containers', 0, 'image'], 'spec.containers[0].image'],
    [['metadata', 'annotations', 'a.b/c'], 'metadata.annotations["a.b/c"]'],
    [['data', '0'], 'data["0"]'],
    [[], ''],
  ])('%j reads %s', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });
});
