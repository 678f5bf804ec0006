import { randomBytes } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Manifest, StringMap } from '../../../shared/model/manifest.ts';
import { readSealingCertificate, sealSecret } from '../../../shared/secrets/sealed/seal.ts';
import { newestKey, parseSealingKeys } from '../../../shared/secrets/sealed/sealing-keys.ts';
import { syncApplication } from '../../../shared/workflows/sync/sync.ts';
import { type Engine, openEngine } from '../../support/engine.ts';
import { createKeys, keyFile } from '../../support/secret-tools/sealing-keys.ts';
import { noSecrets } from '../../support/secrets/no-secrets.ts';
import { secretPorts } from '../../support/secrets/secret-ports.ts';

let pem: string;
let engine: Engine;
beforeAll(async () => {
  [pem = ''] = await createKeys(1);
});
beforeEach(async () => {
  const keyFiles = { ...noSecrets.keyFiles, read: async () => [keyFile('key.pem', pem)] };
  engine = await openEngine({ secrets: secretPorts({ sealedSecrets: { keys: [{ folder: 'keys' }] } }, { keyFiles }) });
});
afterEach(() => engine.close());

function sealed(name: string, stringData: StringMap): string {
  const secret: Manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: engine.namespace },
    stringData,
  };
  const { certificate } = newestKey(parseSealingKeys([keyFile('key.pem', pem)]));
  return JSON.stringify(sealSecret(secret, { key: readSealingCertificate(certificate, new Date()), randomBytes }));
}

const sync = () =>
  syncApplication({ application: engine.application('shop'), project: engine.project, reason: 'manual' }, engine.ports);

const valueIn = async (name: string, key: string): Promise<string | undefined> => {
  const value = (await engine.live('Secret', name))?.data?.[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
};

const makeByHand = (name: string, annotations: StringMap): Promise<unknown> =>
  engine.objects.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: engine.namespace, annotations },
    data: { own: Buffer.from('by hand').toString('base64') },
  } as never);

describe('A SealedSecret', () => {
  it('becomes a Secret, with no controller in the cluster', async () => {
    await engine.git.createRepository('shop', { 'app/db.yaml': sealed('db', { password: 's3aled' }) });
    const { head } = await sync();
    expect(head.operation?.message).toBe('all objects are applied');
    expect(await valueIn('db', 'password')).toBe('s3aled');
    expect((await sync()).results.map(({ action }) => action)).toEqual(['unchanged']);
  });

  it('leaves a Secret alone that others made, and says how it may have it', async () => {
    await makeByHand('db', {});
    await engine.git.createRepository('shop', { 'app/db.yaml': sealed('db', { password: 's3aled' }) });
    const { results } = await sync();
    expect(results[0]).toMatchObject({
      action: 'failed',
      hint: expect.stringContaining('sealedsecrets.bitnami.com/managed=true'),
    });
    expect(await valueIn('db', 'password')).toBeUndefined();
  });

  it.each(['managed', 'patch'])('may have one that is annotated as %s', async (annotation) => {
    await makeByHand('db', { [`sealedsecrets.bitnami.com/${annotation}`]: 'true' });
    await engine.git.createRepository('shop', { 'app/db.yaml': sealed('db', { password: 's3aled' }) });
    await sync();
    expect(await valueIn('db', 'password')).toBe('s3aled');
    expect(await valueIn('db', 'own')).toBe('by hand');
  });

  it('that was sealed for another name is told by its key, and nothing is written', async () => {
    await engine.git.createRepository('shop', {
      'app/db.yaml': sealed('db', { password: 's3aled' }).replaceAll('"db"', '"stolen"'),
    });
    const { results } = await sync();
    expect(results[0]?.message).toMatch(/password: the one sealing key does not open it/);
    expect(await engine.live('Secret', 'stolen')).toBeUndefined();
  });
});
