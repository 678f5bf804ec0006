import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Application } from '../../../shared/model/application.ts';
import { type Echo, type EchoServer, startEchoServer } from '../../support/secrets/echo-server.ts';
import { createSecret, type FailingBed, openFailingBed, vaultStore } from '../../support/secrets/failing-bed.ts';
import { externalSecret } from '../../support/secrets/manifests.ts';
import type { VaultFault } from '../../support/vault/kv-server.ts';

let bed: FailingBed;
let aws: EchoServer;
const endpoint = process.env['AWS_ENDPOINT_URL'];
beforeAll(async () => {
  [bed, aws] = await Promise.all([openFailingBed(), startEchoServer()]);
  process.env['AWS_ENDPOINT_URL'] = aws.url;
  await createSecret(bed.engine, 'aws-keys', {
    id: bed.markers.text('an access key of AWS'),
    secret: bed.markers.text('a secret key of AWS'),
    broken: `${bed.markers.text('a key that is no header')}\n\0${bed.markers.text('behind a line break')}`,
  });
});
afterAll(async () => {
  if (endpoint === undefined) delete process.env['AWS_ENDPOINT_URL'];
  else process.env['AWS_ENDPOINT_URL'] = endpoint;
  await Promise.all([bed.close(), aws.close()]);
});

/** Syncs; the ExternalSecret has to fail, for a reason that is told. */
const failToSync = async (application: Application): Promise<void> => {
  const outcome = await bed.sync(application);
  if (outcome === undefined) throw new Error(`${application.name} was not synced at all`);
  const messages = outcome.results.map(({ message }) => message ?? '');
  expect(messages.some((message) => message.includes('ExternalSecret'))).toBe(true);
};

const awsStore = (name: string, service: string, secret = 'secret'): string => {
  const key = (of: string): object => ({ name: 'aws-keys', key: of });
  const secretRef = { accessKeyIDSecretRef: key('id'), secretAccessKeySecretRef: key(secret) };
  const provider = { aws: { service, region: 'us-east-1', auth: { secretRef } } };
  return JSON.stringify({
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name },
    spec: { provider, retrySettings: { maxRetries: 0 } },
  });
};

describe('Nothing that a provider says shows a secret value anywhere', () => {
  it('by Vault, whatever it answers', async () => {
    const value = bed.markers.special('what Vault says');
    await bed.put('shop', { a: value });
    const json = (body: unknown): string => JSON.stringify(body);
    const faults: readonly VaultFault[] = [
      { status: 500, body: json({ errors: [value] }) },
      { status: 400, body: json({ errors: [`invalid role or secret ID ${value}`] }) },
      { status: 403, body: json({ errors: [`1 error occurred:\n\t* permission denied ${value}`], warnings: [value] }) },
      { status: 404, body: json({ errors: [`no handler for route ${value}`] }) },
      { status: 429, body: value, headers: { 'retry-after': '1' } },
      { status: 200, body: `${value}{"data":` },
      { status: 200, body: json({ data: { data: value } }) },
      { status: 200, body: json({ data: { data: [value], metadata: value } }) },
      { status: 200, body: json({ data: value }) },
      { status: 200, body: `{"data":{"data":{"a":"${'x'.repeat(20)}` },
      { status: 302, headers: { location: `http://${encodeURIComponent(value)}.example.com/` } },
      { status: 302, headers: { location: `/v1/${encodeURIComponent(value)}` } },
      { status: 502, body: `<html>${value}</html>`, headers: { 'x-vault-index': encodeURIComponent(value) } },
      { status: 200, body: value, delayMs: 600 },
      { isCut: true },
    ];
    const application = await bed.declare('vaults', [
      vaultStore('store', { server: bed.vault.url }),
      externalSecret('a', { a: 'shop#a', all: 'shop' }),
    ]);
    expect((await bed.sync(application))?.head.operation?.phase).toBe('Succeeded');
    for (const fault of faults) {
      bed.vault.fail({ ...fault, on: /kv/ });
      await failToSync(application);
      bed.vault.heal();
    }
  }, 60_000);

  it('by a Vault whose connection or credentials are of no use', async () => {
    await createSecret(bed.engine, 'odd-token', {
      token: `${bed.markers.text('a token that is no header')}\r\n${bed.markers.text('after a break')}`,
    });
    const { url } = bed.vault;
    const pem = `-----BEGIN CERTIFICATE-----\nbm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----`;
    const token = { tokenSecretRef: { name: 'odd-token', key: 'token' } };
    const appRole = { appRole: { path: 'approle', roleId: 'x', secretRef: { name: 'odd-token', key: 'token' } } };
    const userPass = { userPass: { path: 'userpass', username: 'x', secretRef: { name: 'odd-token', key: 'token' } } };
    const jwt = { jwt: { path: 'jwt', role: 'x', secretRef: { name: 'odd-token', key: 'token' } } };
    const cert = {
      cert: { clientCert: { name: 'odd-token', key: 'token' }, secretRef: { name: 'odd-token', key: 'token' } },
    };
    const stores: Readonly<Record<string, object>> = {
      tls: { server: url.replace('http:', 'https:') },
      ca: { server: url, caBundle: Buffer.from(pem).toString('base64') },
      token: { server: url, auth: token },
      role: { server: url, auth: appRole },
      user: { server: url, auth: userPass },
      jwt: { server: url, auth: jwt },
      cert: { server: url, auth: cert },
    };
    const names = Object.keys(stores);
    const application = await bed.declare('logins', [
      ...names.map((name) => vaultStore(name, stores[name] ?? {})),
      ...names.map((name) => externalSecret(name, { a: 'shop#a' }, { secretStoreRef: { name } })),
    ]);
    await failToSync(application);
  });

  it('by AWS, whatever it answers', async () => {
    const value = bed.markers.special('what AWS says');
    const error =
      (status: number, type: string): Echo =>
      (_request, response) => {
        response.writeHead(status, {
          'content-type': 'application/x-amz-json-1.1',
          'x-amzn-errortype': encodeURIComponent(type),
        });
        response.end(JSON.stringify({ __type: type, message: value, Message: value }));
      };
    const plain =
      (body: string): Echo =>
      (_request, response) =>
        void response.writeHead(200).end(body);
    const found = { Name: 'shop', ARN: 'arn:aws:secretsmanager:us-east-1:1:secret:shop-abcdef', VersionId: 'v' };
    const echoes: readonly Echo[] = [
      error(400, 'AccessDeniedException'),
      error(400, 'ResourceNotFoundException'),
      error(400, 'InvalidSignatureException'),
      error(400, 'DecryptionFailure'),
      error(400, value),
      error(500, 'InternalServiceError'),
      error(400, 'ThrottlingException'),
      plain(`{"SecretString": "${value}`),
      plain(value),
      plain(JSON.stringify({ SecretValues: [], Errors: [{ SecretId: 'shop', ErrorCode: value, Message: value }] })),
      plain(
        JSON.stringify({
          SecretValues: [{ ...found, SecretString: `{"a": "${value}` }],
          Parameters: [{ Name: '/shop', Value: `{"a": "${value}` }],
        }),
      ),
      plain(
        JSON.stringify({ SecretValues: value, Parameters: [{ Name: value, Value: 7 }], InvalidParameters: [value] }),
      ),
      (request) => request.socket.destroy(),
      () => {},
    ];
    const application = await bed.declare('aws', [
      awsStore('store', 'SecretsManager'),
      awsStore('parameters', 'ParameterStore'),
      awsStore('broken', 'SecretsManager', 'broken'),
      externalSecret('aws-a', { a: 'shop#a', b: 'other#a' }),
      externalSecret('aws-b', { a: '/shop#a' }, { secretStoreRef: { name: 'parameters' } }),
      externalSecret('aws-c', { a: 'shop#a' }, { secretStoreRef: { name: 'broken' } }),
      externalSecret('aws-d', {}, { data: [], dataFrom: [{ find: { name: { regexp: '.' } } }] }),
    ]);
    for (const echo of echoes) {
      aws.answer(echo);
      await failToSync(application);
    }
  }, 60_000);

  it('in all that was said and written meanwhile', async () => {
    await bed.gather();
    const { hits, searched } = bed.record.search(bed.markers.all);
    expect(hits).toEqual([]);
    const { markers, forms, places, bytes } = searched;
    process.stdout.write(`Searched for ${markers} markers in ${forms} forms: ${places} places, ${bytes} bytes\n`);
  });
});
