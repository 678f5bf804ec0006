import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { restoreManifests } from '../../../shared/plan/restore-rules.ts';

const elsewhere = (manifest: Manifest): ReturnType<typeof restoreManifests> =>
  restoreManifests([manifest], { target: 'other', namespace: 'shop', isLive: () => false });

const arn = 'arn:aws:iam::123456789012:role/shop';
const accountOf = (role: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'a', annotations: { role } },
});
const settings = (text: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  data: { text },
});

describe('What a person is told of an ARN before another cluster takes over', () => {
  it.each([
    ['a role of a ServiceAccount', accountOf(arn), /trust policy .* OIDC issuer/],
    ['a role anywhere else', settings(arn), /one account/],
    ['a queue', settings('see arn:aws:sqs:eu-west-1:123456789012:jobs'), /one account/],
    ['a load balancer', settings('arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/a/b'), /load balancer/],
  ])('is what has to be done about %s', (_what, manifest, message) => {
    expect(elsewhere(manifest).warnings).toMatchObject([{ message: expect.stringMatching(message) }]);
  });
});

describe('The selector of a Job that the Job controller has made', () => {
  it('stays behind whole, whatever else somebody wrote into it', () => {
    const matchLabels = { 'controller-uid': 'u', app: 'a' };
    const job: Manifest = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'j' },
      spec: { parallelism: 2, selector: { matchLabels } },
    };
    const { manifests, notRestored } = elsewhere(job);
    expect(manifests).toEqual([{ ...job, spec: { parallelism: 2 } }]);
    expect(notRestored.map(({ field }) => field)).toContain('spec.selector');
  });
});
