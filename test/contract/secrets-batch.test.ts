import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { buffer } from 'node:stream/consumers';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../shared/adapters/local/clock.ts';
import { createSecretStores } from '../../shared/composition/secret-stores.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { defaultProject } from '../../shared/model/project.ts';
import { parseApplication } from '../../shared/registry/parse-application.ts';
import { resolveSecrets } from '../../shared/workflows/secrets/resolve-secrets.ts';
import { type Emulator, startEmulator } from '../support/aws/start-emulator.ts';
import { MemoryCluster } from '../support/model/memory-cluster.ts';
import { MemoryStore } from '../support/model/memory-store.ts';
import { testConceal } from '../support/secrets/no-secrets.ts';
import { secretPorts } from '../support/secrets/secret-ports.ts';

const secrets = 200;
const externalSecrets = 500;
const calls = new Map<string, number>();
let emulator: Emulator;
let proxy: Server;
const before = { ...process.env };

beforeAll(async () => {
  emulator = await startEmulator();
  proxy = await countingProxy(emulator.endpoint);
  const { port } = proxy.address() as AddressInfo;
  Object.assign(process.env, emulator.environment, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  const client = new SecretsManager({
    endpoint: emulator.endpoint,
    region: emulator.region,
    credentials: emulator.credentials,
  });
  for (let index = 0; index < secrets; index += 20)
    await Promise.all(Array.from({ length: 20 }, (_, offset) => makeSecret(client, index + offset)));
});
afterAll(async () => {
  process.env = before;
  proxy.close();
  await emulator.stop();
});

async function makeSecret(client: SecretsManager, index: number): Promise<void> {
  const SecretString = JSON.stringify({ user: `user-${index}`, password: `password-${index}` });
  await client.createSecret({ Name: `shop/${index}`, SecretString });
}

/** Passes requests on, and counts them by what they ask for. */
async function countingProxy(target: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    const action =
      String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? '';
    calls.set(action, (calls.get(action) ?? 0) + 1);
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(
        ([name]) => name !== 'host' && name !== 'connection' && name !== 'content-length',
      ),
    ) as Record<string, string>;
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'POST',
      headers,
      body: await buffer(request),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

const store: Manifest = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'SecretStore',
  metadata: { name: 'aws' },
  spec: { provider: { aws: { service: 'SecretsManager', region: 'us-east-1' } } },
};

function externalSecret(index: number): Manifest {
  const data = ['a', 'b', 'c'].map((secretKey, offset) => ({
    secretKey,
    remoteRef: { key: `shop/${(index * 3 + offset) % secrets}`, property: 'password' },
  }));
  const spec = { secretStoreRef: { name: 'aws' }, data };
  return { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', metadata: { name: `es-${index}` }, spec };
}

describe('A run', () => {
  it(`of ${externalSecrets} ExternalSecrets with 3 keys each over ${secrets} secrets asks AWS in at most 10 calls`, async () => {
    const { application } = parseApplication(
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'shop' },
        spec: {
          project: 'default',
          destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
          source: { repoURL: 'https://git.example/shop.git', path: '.', targetRevision: 'main' },
        },
      },
      'the test',
    );
    const ports = {
      clock: systemClock,
      store: new MemoryStore(),
      secrets: secretPorts(
        { allow: [{ aws: { ownIdentity: true, secrets: ['shop/*'] } }] },
        { stores: createSecretStores({ conceal: testConceal, timeoutMs: 10_000, keepMs: 10_000 }) },
      ),
    };
    const manifests = [store, ...Array.from({ length: externalSecrets }, (_, index) => externalSecret(index))];
    const resolution = await resolveSecrets(
      { application, project: defaultProject, manifests, cluster: new MemoryCluster() },
      ports,
    );
    expect(resolution.records.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(resolution.manifests).toHaveLength(externalSecrets);
    process.stdout.write(`Calls to Secrets Manager: ${JSON.stringify(Object.fromEntries(calls))}\n`);
    expect([...calls.keys()]).toEqual(['BatchGetSecretValue']);
    expect(calls.get('BatchGetSecretValue')).toBeLessThanOrEqual(10);
  });
});
