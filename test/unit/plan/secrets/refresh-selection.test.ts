import { describe, expect, it } from '@jest/globals';
import { newHead } from '../../../../shared/model/head.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import type { SecretRecord } from '../../../../shared/model/secret-record.ts';
import { concernedBySecret } from '../../../../shared/plan/secrets/concerned-by-secret.ts';
import { refreshAfter, refreshSelection } from '../../../../shared/plan/secrets/refresh-selection.ts';

const ref = (kind: string, name: string) => ({ group: '', kind, namespace: 'shop', name });
const record = (name: string, more: Partial<SecretRecord> = {}): SecretRecord => ({
  declaredBy: ref('ExternalSecret', name),
  target: ref('Secret', name),
  reads: [],
  ...more,
});
const reader = (name: string, secret: string, metadata: object = {}): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, ...metadata },
  spec: { template: { spec: { containers: [{ envFrom: [{ secretRef: { name: secret } }] }] } } },
});

describe('A refresh of secrets', () => {
  it('is about the Secrets and the workloads that are restarted with them, and nothing else', () => {
    const manifests = [
      reader('web', 'db'),
      reader('other', 'unrelated'),
      reader('elsewhere', 'db', { namespace: 'away' }),
      reader('calm', 'db', { annotations: { 'plumbline.dev/restart-on-secret-change': 'false' } }),
    ];
    expect(refreshSelection([record('db')], manifests, 'shop')).toEqual([
      ':Secret:shop/db',
      'apps:Deployment:shop/web',
    ]);
  });

  it.each<[what: string, records: readonly SecretRecord[], after: number | undefined]>([
    ['never by the clock', [record('a')], undefined],
    ['after the shortest interval', [record('a', { refreshMs: 9_000 }), record('b', { refreshMs: 5_000 })], 5_000],
    [
      'after a minute when something failed',
      [record('a', { refreshMs: 3_600_000, problem: { message: 'x' } })],
      60_000,
    ],
    ['sooner when its interval is shorter', [record('a', { refreshMs: 5_000, problem: { message: 'x' } })], 5_000],
  ])('comes %s', (_what, records, after) => {
    expect(refreshAfter(records)).toBe(after);
  });

  it('after an event is for the applications that read that very secret', () => {
    const source = 'SecretsManager eu-central-1 shop/db';
    const reads = [{ store: 'SecretStore shop/aws', key: 'shop/db', source, version: '' }];
    const heads = [
      { ...newHead('shop', 'default', 'prod'), secrets: [record('db', { reads })] },
      { ...newHead('other', 'default', 'prod'), secrets: [record('db')] },
      newHead('none', 'default', 'prod'),
    ];
    const event = { service: 'SecretsManager', region: 'eu-central-1', name: 'shop/db' } as const;
    const arn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/db-AbCdEf';
    expect(concernedBySecret(heads, event)).toEqual(['shop']);
    expect(concernedBySecret(heads, { ...event, name: arn })).toEqual(['shop']);
    expect(concernedBySecret(heads, { ...event, region: 'us-east-1' })).toEqual([]);
    expect(concernedBySecret(heads, { ...event, service: 'ParameterStore' })).toEqual([]);
  });
});
