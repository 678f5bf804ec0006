import { describe, expect, it } from '@jest/globals';
import { jsonAt } from '../../../../shared/model/json.ts';
import type { Manifest, StringMap } from '../../../../shared/model/manifest.ts';
import { secretsUsedBy } from '../../../../shared/plan/secrets/pod-secrets.ts';
import {
  asksForRestart,
  keepStamps,
  type StampInput,
  stampWorkload,
} from '../../../../shared/plan/secrets/restart-stamp.ts';

const workload = (kind = 'Deployment', annotations: StringMap = {}): Manifest => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web', annotations },
  spec: { template: { metadata: { annotations: { own: 'kept' } }, spec: { containers: [] } } },
});
const live = (seen?: string): Manifest =>
  workload('Deployment', seen === undefined ? {} : { 'plumbline.dev/secrets-seen': seen });

function stamped(input: Partial<StampInput>) {
  const result = stampWorkload(workload(), { stamp: 'new', mayHaveChanged: false, ...input });
  return {
    seen: result.metadata.annotations?.['plumbline.dev/secrets-seen'],
    rollout: jsonAt(result['spec'], 'template', 'metadata', 'annotations', 'plumbline.dev/secrets-hash'),
  };
}

describe('The stamp of a workload', () => {
  it.each<[what: string, input: Partial<StampInput>, seen: string, rollout: string | undefined]>([
    ['it is made for the first time', {}, 'new', undefined],
    ['stamping begins and its Secrets are as they were', { live: live() }, 'new', undefined],
    ['stamping begins and a Secret has changed', { live: live(), mayHaveChanged: true }, 'new new', 'new'],
    ['nothing has changed', { live: live('new') }, 'new', undefined],
    ['nothing has changed since it was restarted', { live: live('new new') }, 'new new', 'new'],
    ['a Secret has changed', { live: live('old') }, 'new new', 'new'],
    ['a Secret has changed once more', { live: live('old old') }, 'new new', 'new'],
    ['its pods are in line after an older restart', { live: live('new old') }, 'new old', 'old'],
  ])('is right when %s', (_what, input, seen, rollout) => {
    expect(stamped(input)).toEqual({ seen, rollout });
  });

  it('leaves all else of the pod template as it is', () => {
    const result = stampWorkload(workload(), { stamp: 'new', live: live('old'), mayHaveChanged: false });
    expect(jsonAt(result['spec'], 'template', 'metadata', 'annotations', 'own')).toBe('kept');
  });

  it('stays while somebody else keeps the Secrets', () => {
    const kept = keepStamps(workload(), live('one two'));
    expect(jsonAt(kept['spec'], 'template', 'metadata', 'annotations', 'plumbline.dev/secrets-hash')).toBe('two');
    expect(keepStamps(workload(), live())).toEqual(workload());
    expect(keepStamps(workload(), undefined)).toEqual(workload());
  });

  it.each<[kind: string, annotations: StringMap, asks: boolean]>([
    ['Deployment', {}, true],
    ['StatefulSet', {}, true],
    ['DaemonSet', {}, false],
    ['DaemonSet', { 'plumbline.dev/restart-on-secret-change': 'true' }, true],
    ['Deployment', { 'plumbline.dev/restart-on-secret-change': 'false' }, false],
    ['ReplicaSet', { 'plumbline.dev/restart-on-secret-change': 'true' }, false],
  ])('is for a %s with %j: %s', (kind, annotations, asks) => {
    expect(asksForRestart(workload(kind, annotations))).toBe(asks);
  });
});

describe('The Secrets that pods use', () => {
  it('are those that they mount or read as environment', () => {
    const spec = {
      volumes: [
        { secret: { secretName: 'mounted' } },
        { projected: { sources: [{ secret: { name: 'projected' } }, { configMap: { name: 'no' } }] } },
        { configMap: { name: 'no' } },
      ],
      initContainers: [{ envFrom: [{ secretRef: { name: 'first' } }, { configMapRef: { name: 'no' } }] }],
      containers: [
        { env: [{ valueFrom: { secretKeyRef: { name: 'one', key: 'k' } } }, { name: 'PLAIN', value: 'no' }] },
      ],
      imagePullSecrets: [{ name: 'no' }],
    };
    const manifest = { ...workload(), spec: { template: { spec } } };
    expect([...secretsUsedBy(manifest)].sort()).toEqual(['first', 'mounted', 'one', 'projected']);
  });

  it.each([{}, { template: {} }, { template: { spec: { volumes: 'x', containers: [null, 3] } } }])(
    'are none in %j',
    (spec) => {
      expect([...secretsUsedBy({ ...workload(), spec })]).toEqual([]);
    },
  );
});
