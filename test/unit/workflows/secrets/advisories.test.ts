import { describe, expect, it } from '@jest/globals';
import type { Cluster, ObjectAddress } from '../../../../shared/cluster-ports.ts';
import type { LiveObject } from '../../../../shared/model/manifest.ts';
import type { StoreRef } from '../../../../shared/model/secret-store.ts';
import { secretRole } from '../../../../shared/plan/secrets/secret-kinds.ts';
import { checkTemplate } from '../../../../shared/secrets/template/inspect-template.ts';
import { storeAccess } from '../../../../shared/workflows/secrets/store-access.ts';
import { testConceal } from '../../../support/secrets/no-secrets.ts';

const store: StoreRef = { kind: 'SecretStore', namespace: 'team-a', name: 'vault' };
const clusterStore: StoreRef = { kind: 'ClusterSecretStore', namespace: '', name: 'vault' };

/** A cluster that has every Secret, ConfigMap and ServiceAccount, and notes which were read. */
function openCluster() {
  const read: string[] = [];
  const cluster = {
    name: 'prod',
    read: async ({ ref }: ObjectAddress): Promise<LiveObject> => {
      read.push(`${ref.kind} ${ref.namespace}/${ref.name}`);
      const data = ref.kind === 'Secret' ? { key: testConceal(Buffer.from('value')) } : { key: 'value' };
      const metadata = { name: ref.name, namespace: ref.namespace, uid: 'u', resourceVersion: '1', annotations: {} };
      return { apiVersion: 'v1', kind: ref.kind, metadata, data };
    },
    requestToken: async ({ namespace, name }: { readonly namespace: string; readonly name: string }) => {
      read.push(`token ${namespace}/${name}`);
      return testConceal(Buffer.from('token'));
    },
  } as unknown as Cluster;
  return { read, cluster };
}

const elsewhere = { name: 'stolen', key: 'key', namespace: 'team-b' };
const account = { name: 'stolen', namespace: 'team-b', audiences: [] };

describe('An advisory of External Secrets Operator does not hold here:', () => {
  it.each([
    ['GHSA-wv26-88m5-6h59 (a ConfigMap of another namespace)', 'readConfigMapKey', elsewhere],
    ['its twin, a Secret of another namespace', 'readSecretKey', elsewhere],
    ['its twin, a token of another namespace', 'requestToken', account],
    ['its twin, an annotation of an account of another namespace', 'readAccountAnnotation', account],
  ] as const)('%s is refused to a SecretStore, before anything is read', async (_what, method, ref) => {
    const { cluster, read } = openCluster();
    const access = storeAccess({ owner: store, namespace: 'team-a', cluster });
    const call = access[method] as (ref: object, annotation?: string) => Promise<unknown>;
    await expect(call(ref, 'x')).rejects.toMatchObject({ code: 'secret-refused' });
    expect(read).toEqual([]);
  });

  it('a SecretStore reads in its own namespace, whatever namespace asks', async () => {
    const { cluster, read } = openCluster();
    const access = storeAccess({ owner: store, namespace: 'team-a', cluster });
    await access.readSecretKey({ name: 'mine', key: 'key' });
    expect(read).toEqual(['Secret team-a/mine']);
  });

  it('a ClusterSecretStore without a namespace reads where it is asked from, and with one in that one', async () => {
    const { cluster, read } = openCluster();
    const access = storeAccess({ owner: clusterStore, namespace: 'team-c', cluster });
    await access.readSecretKey({ name: 'referent', key: 'key' });
    await access.requestToken({ name: 'vault', namespace: 'platform', audiences: [] });
    expect(read).toEqual(['Secret team-c/referent', 'token platform/vault']);
  });

  it.each([
    ['GHSA-77v3-r3jw-j2v2 (getSecretKey reads any namespace)', '{{ getSecretKey "b" "team-b" "key" }}'],
    ['GHSA-r2pg-r6h7-crf3 = CVE-2026-34984 (getHostByName tells names to a server)', '{{ getHostByName .key }}'],
    ['its like, env', '{{ env "AWS_SECRET_ACCESS_KEY" }}'],
    ['its like, expandenv', '{{ expandenv "$AWS_SECRET_ACCESS_KEY" }}'],
    ['what Helm has, lookup', '{{ lookup "v1" "Secret" "team-b" "b" }}'],
  ])('%s is no function of templates', (_what, text) => {
    expect(() => checkTemplate('t', text, 'external-secrets')).toThrow(
      expect.objectContaining({ code: 'secret-template' }),
    );
    expect(() => checkTemplate('t', text, 'sealed-secrets')).toThrow(
      expect.objectContaining({ code: 'secret-template' }),
    );
  });

  it('GHSA-fcxq-v2r3-cc8h (PushSecret reads every namespace): there is no PushSecret', () => {
    expect(secretRole({ apiVersion: 'external-secrets.io/v1alpha1', kind: 'PushSecret' })?.role).toBe('unsupported');
  });
});
