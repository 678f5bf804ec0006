import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { assessHealth } from '../../../shared/health/assess.ts';
import type { LiveObject } from '../../../shared/model/manifest.ts';
import type { HealthCode } from '../../../shared/model/status.ts';
import { parseManifests } from '../../../shared/model/yaml.ts';

const folder = new URL('../../fixtures/health/', import.meta.url);

function load(name: string): LiveObject {
  const text = readFileSync(new URL(`${name}.yaml`, folder), 'utf8');
  return parseManifests(text, name)[0] as LiveObject;
}

type Row = readonly [file: string, code: HealthCode | undefined, message: string];

const rows: readonly Row[] = [
  ['deployment-healthy', 'Healthy', ''],
  ['deployment-no-replicas', 'Healthy', ''],
  ['deployment-paused', 'Suspended', 'the rollout is paused'],
  ['deployment-unobserved', 'Progressing', 'waiting for its controller to see generation 3 (it has seen 2)'],
  ['deployment-deadline', 'Degraded', 'ReplicaSet "web-2" has timed out progressing.'],
  ['deployment-updating', 'Progressing', '2 of 3 replicas updated'],
  ['deployment-old-replicas', 'Progressing', '1 old replica has still to end'],
  ['deployment-unavailable', 'Progressing', '1 of 3 updated replicas available'],
  ['deployment-deleting', 'Progressing', 'is being deleted; held by finalizer foregroundDeletion'],
  ['replicaset-healthy', 'Healthy', ''],
  ['replicaset-progressing', 'Progressing', '1 of 2 replicas available'],
  ['replicaset-degraded', 'Degraded', 'FailedCreate: exceeded quota'],
  ['statefulset-healthy', 'Healthy', ''],
  ['statefulset-unready', 'Progressing', '1 of 3 replicas ready'],
  ['statefulset-updating', 'Progressing', '2 of 3 replicas updated'],
  ['statefulset-partition', 'Healthy', ''],
  ['statefulset-partition-updating', 'Progressing', '1 of 2 replicas updated'],
  ['statefulset-on-delete', 'Healthy', ''],
  ['statefulset-unobserved', 'Progressing', 'waiting for its controller to see it'],
  ['daemonset-healthy', 'Healthy', ''],
  ['daemonset-updating', 'Progressing', '1 of 3 Pods updated'],
  ['daemonset-unavailable', 'Progressing', '2 of 3 Pods available'],
  ['daemonset-on-delete', 'Healthy', ''],
  ['pod-healthy', 'Healthy', ''],
  ['pod-image-pull', 'Degraded', 'container web: ErrImagePull: not found'],
  ['pod-crash-loop', 'Degraded', 'container init: CrashLoopBackOff'],
  ['pod-crash-loop-no-restart', 'Progressing', 'it is running, and expected to end'],
  ['pod-ignore-restart-policy', 'Degraded', 'container web: CrashLoopBackOff'],
  ['pod-pending', 'Progressing', 'it is not scheduled: 0/3 nodes are available'],
  ['pod-succeeded', 'Healthy', ''],
  ['pod-failed-message', 'Degraded', 'The node was low on memory'],
  ['pod-failed-oom', 'Degraded', 'container web was OOMKilled'],
  ['pod-failed-exit-code', 'Degraded', 'container web failed with exit code 3'],
  ['pod-running-job', 'Progressing', 'it is running, and expected to end'],
  ['pod-restarted', 'Degraded', 'container web ended and is not ready again'],
  ['pod-starting', 'Progressing', '1 of 2 containers ready'],
  ['pod-unknown', 'Unknown', 'its phase is Unknown'],
  ['service-cluster-ip', 'Healthy', ''],
  ['service-load-balancer', 'Healthy', ''],
  ['service-load-balancer-waiting', 'Progressing', "waiting for the load balancer's address"],
  ['ingress-healthy', 'Healthy', ''],
  ['ingress-without-status', 'Healthy', 'it has no address (yet)'],
  ['persistentvolumeclaim-bound', 'Healthy', ''],
  ['persistentvolumeclaim-lost', 'Degraded', 'its volume is lost'],
  [
    'persistentvolumeclaim-waiting',
    'Healthy',
    'it gets its volume when a Pod uses it, or when a volume that fits is made',
  ],
  ['persistentvolumeclaim-provisioning', 'Progressing', 'waiting for ebs.csi.aws.com to make its volume'],
  ['persistentvolumeclaim-binding', 'Progressing', 'waiting for volume disk-1'],
  ['job-complete', 'Healthy', ''],
  ['job-failed', 'Degraded', 'BackoffLimitExceeded: Job has reached the specified backoff limit'],
  ['job-running', 'Progressing', '1 of 3 completions, 1 running, 2 failed'],
  ['job-suspended', 'Suspended', 'JobSuspended: Job suspended'],
  ['job-resumed', 'Progressing', '1 of 3 completions, 1 running, 2 failed'],
  ['job-failure-refuted', 'Progressing', '1 of 3 completions, 1 running, 2 failed'],
  ['cronjob-healthy', 'Healthy', ''],
  ['cronjob-failed', 'Degraded', 'the run of 2026-01-02T12:00:00Z did not succeed'],
  ['cronjob-running', 'Healthy', '1 Job is running'],
  ['cronjob-never-succeeded', 'Healthy', 'no run has succeeded yet'],
  ['cronjob-never-scheduled', 'Healthy', 'it was not scheduled yet'],
  ['cronjob-suspended', 'Suspended', 'it is suspended'],
  ['horizontalpodautoscaler-healthy', 'Healthy', ''],
  ['horizontalpodautoscaler-degraded', 'Degraded', 'FailedGetResourceMetric: no metrics'],
  ['horizontalpodautoscaler-waiting', 'Progressing', 'waiting to autoscale'],
  ['horizontalpodautoscaler-v1', 'Degraded', 'FailedGetScale: no Deployment'],
  ['apiservice-healthy', 'Healthy', ''],
  ['apiservice-unavailable', 'Progressing', 'MissingEndpoints: no endpoints'],
  ['apiservice-waiting', 'Progressing', 'waiting to be available'],
  ['customresourcedefinition-established', 'Healthy', ''],
  ['customresourcedefinition-installing', 'Progressing', 'waiting to be established'],
  ['customresourcedefinition-names-taken', 'Degraded', 'its names are not accepted: PluralConflict: widgets is in use'],
  ['customresourcedefinition-not-structural', 'Healthy', 'its schema is not structural: spec.x is required'],
  ['poddisruptionbudget-healthy', 'Healthy', ''],
  ['poddisruptionbudget-insufficient', 'Healthy', 'no Pod may be disrupted now'],
  ['poddisruptionbudget-failed', 'Degraded', 'SyncFailed: found no controller'],
  ['poddisruptionbudget-waiting', 'Progressing', 'waiting for its status'],
  ['poddisruptionbudget-unobserved', 'Progressing', 'waiting for its controller to see generation 1 (it has seen 0)'],
  ['namespace-active', 'Healthy', ''],
  ['namespace-terminating', 'Progressing', 'is being deleted'],
  ['workflow-succeeded', 'Healthy', ''],
  ['workflow-running', 'Progressing', 'it is running'],
  ['workflow-failed', 'Degraded', 'step 2 failed'],
  ['workflow-new', 'Progressing', 'it has not started'],
  ['workflow-strange', 'Unknown', 'its phase is Sleeping'],
  ['customresource-ready', 'Healthy', ''],
  ['customresource-not-ready', 'Progressing', 'waiting to be Ready: Creating: disk is being made'],
  ['customresource-ready-unknown', 'Progressing', 'waiting to be Ready: Waiting: no word yet'],
  ['customresource-unobserved', 'Progressing', 'waiting for its controller to see generation 2 (it has seen 1)'],
  ['customresource-stale-condition', 'Progressing', 'waiting for its controller to see generation 2'],
  ['customresource-stalled', 'Degraded', 'Stalled: BadSpec: no such size'],
  ['customresource-reconciling', 'Progressing', 'Reconciling: Upgrading: to version 2'],
  ['customresource-degraded-false', 'Healthy', ''],
  ['customresource-silent', undefined, ''],
  ['customresource-no-status', undefined, ''],
  ['customresource-other-conditions', undefined, ''],
];

describe('health', () => {
  it.each(rows)('of %s is %s', (file, code, message) => {
    expect(assessHealth(load(file))).toEqual(code === undefined ? undefined : { code, message });
  });

  it('has a case for every fixture', () => {
    const files = readdirSync(folder).map((file) => file.replace(/\.yaml$/, ''));
    expect(files.sort()).toEqual(rows.map(([file]) => file).sort());
  });

  it('of kinds that have none is undefined', () => {
    const config = { ...load('service-cluster-ip'), kind: 'ConfigMap' };
    expect(assessHealth(config)).toBeUndefined();
  });

  it('of a hook that is being deleted is its outcome', () => {
    const done = load('job-complete');
    const annotations = { 'argocd.argoproj.io/hook': 'PreSync' };
    const deletionTimestamp = '2026-01-01T00:00:00Z';
    expect(assessHealth({ ...done, metadata: { ...done.metadata, annotations, deletionTimestamp } })?.code).toBe(
      'Healthy',
    );
  });
});

describe('health as Argo CD has it', () => {
  it.each<Row>([
    ['ingress-without-status', 'Progressing', "waiting for the load balancer's address"],
    ['persistentvolumeclaim-waiting', 'Progressing', 'waiting for a volume'],
    ['job-resumed', 'Healthy', ''],
    ['job-failure-refuted', 'Degraded', 'a: b'],
    ['customresourcedefinition-not-structural', 'Degraded', 'its schema is not structural: spec.x is required'],
  ])('of %s is %s', (file, code, message) => {
    expect(assessHealth(load(file), { compatibility: 'argocd' })).toEqual({ code, message });
  });
});
