import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import type { KubeconfigSource } from '../../shared/adapters/kubernetes/load-kubeconfig.ts';
import { type ConnectProxy, startConnectProxy } from '../support/faults/connect-proxy.ts';
import { openUpstream, type Upstream } from '../support/faults/upstream.ts';
import { addressOf, type ClusterBed, configMap, openClusterBed } from './cluster-bed.ts';

type Fields = Readonly<Record<string, unknown>>;

describe('A kubeconfig', () => {
  let bed: ClusterBed;
  let folder: string;
  let upstream: Upstream;
  let token: string;

  const write = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const kubeconfig = (name: string, user: Fields, cluster: Fields = {}): Promise<string> =>
    write(
      name,
      JSON.stringify({
        'current-context': 'here',
        contexts: [{ name: 'here', context: { cluster: 'there', user: 'me' } }],
        clusters: [
          {
            name: 'there',
            cluster: { server: bed.server, 'certificate-authority-data': upstream.ca.toString('base64'), ...cluster },
          },
        ],
        users: [{ name: 'me', user }],
      }),
    );
  const certificate = (): Fields => ({
    'client-certificate-data': upstream.cert.toString('base64'),
    'client-key-data': upstream.key.toString('base64'),
  });
  const plugin = async (name: string, script: string, more: Fields = {}): Promise<Fields> => {
    await chmod(await write(name, `#!/bin/sh\n${script}\n`), 0o755);
    return {
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: `./${name}`, interactiveMode: 'Never', ...more },
    };
  };
  const credential = (status: Fields): string => JSON.stringify({ kind: 'ExecCredential', status });
  /** Applies an object through the kubeconfig: proof that we are let in. */
  const use = async (source: KubeconfigSource): Promise<void> => {
    const cluster = await bed.open({ kubeconfig: source, environment: process.env, random: () => 0 });
    const live = await cluster.apply(configMap(bed.namespace, 'let-in'));
    expect(await bed.cluster.read(addressOf(live))).toEqual(live);
  };

  beforeAll(async () => {
    bed = await openClusterBed();
    folder = await mkdtemp(join(tmpdir(), 'plumb-kubeconfig-'));
    upstream = await openUpstream(bed.kubeconfig);
    const { namespace } = bed;
    await bed.core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'robot' } } });
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'patch'] }];
    await bed.rbac.createNamespacedRole({ namespace, body: { metadata: { name: 'robot' }, rules } });
    await bed.rbac.createNamespacedRoleBinding({
      namespace,
      body: {
        metadata: { name: 'robot' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'robot' },
        subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace }],
      },
    });
    const request = { spec: { audiences: [], expirationSeconds: 3600 } };
    const answer = await bed.core.createNamespacedServiceAccountToken({ namespace, name: 'robot', body: request });
    token = answer.status?.token ?? '';
  });
  afterAll(async () => {
    await bed.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('may hold certificates, or name their files beside it', async () => {
    await use(await kubeconfig('inline', certificate()));
    await write('ca.pem', upstream.ca.toString());
    await write('cert.pem', upstream.cert.toString());
    await write('key.pem', upstream.key.toString());
    const user = { 'client-certificate': 'cert.pem', 'client-key': 'key.pem' };
    const cluster = { 'certificate-authority-data': undefined, 'certificate-authority': 'ca.pem' };
    await use(await kubeconfig('files', user, cluster));
  });

  it('may hold a token', async () => {
    await use(await kubeconfig('token', { token }));
  });

  it('may name the file of a token, which is read again when the old one is refused', async () => {
    const path = await write('token-file', `${token}\n`);
    const source = await kubeconfig('token-of-file', { tokenFile: path });
    await use(source);
    await writeFile(path, 'stale');
    const cluster = await bed.open({ kubeconfig: source });
    await expect(cluster.facts()).rejects.toMatchObject({ code: 'cluster-forbidden', status: 401 });
    await writeFile(path, token);
    await expect(cluster.facts()).resolves.toMatchObject({ name: 'here' });
  });

  it('may name a plugin that gives a token, and that knows of the cluster', async () => {
    const user = await plugin(
      'give-token',
      `echo "$KUBERNETES_EXEC_INFO" > "${folder}/info"; echo '${credential({ token })}'`,
      {
        env: [{ name: 'REGION', value: 'north' }],
        provideClusterInfo: true,
      },
    );
    await use(await kubeconfig('exec-token', user));
    expect(JSON.parse(await readFile(join(folder, 'info'), 'utf8'))).toMatchObject({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: bed.server } },
    });
  });

  it('may name a plugin that gives a client certificate', async () => {
    const status = { clientCertificateData: upstream.cert.toString(), clientKeyData: upstream.key.toString() };
    await write('certificate.json', credential(status));
    await use(
      await kubeconfig('exec-certificate', await plugin('give-certificate', `cat "${folder}/certificate.json"`)),
    );
  });

  it('has its plugin run again, once, when its token is refused, and when it has expired', async () => {
    const script = `n=$(cat "${folder}/runs" 2>/dev/null || echo 0); echo $((n+1)) > "${folder}/runs"
[ "$n" = 0 ] && echo '${credential({ token: 'stale' })}' && exit
echo '${credential({ token, expirationTimestamp: '2020-01-01T00:00:00Z' })}'`;
    const cluster = await bed.open({ kubeconfig: await kubeconfig('renewed', await plugin('renew', script)) });
    await cluster.facts();
    expect(Number(await readFile(join(folder, 'runs'), 'utf8'))).toBeGreaterThanOrEqual(2);
    const runs = Number(await readFile(join(folder, 'runs'), 'utf8'));
    await cluster.apply(configMap(bed.namespace, 'renewed'));
    expect(Number(await readFile(join(folder, 'runs'), 'utf8'))).toBe(runs + 1);
  });

  it.each([
    { title: 'fails', script: 'echo "log in first" >&2; exit 3', message: 'exit code 3: log in first' },
    { title: 'answers nonsense', script: 'echo s3cr3t', message: 'its answer is not JSON' },
    {
      title: 'answers without a credential',
      script: `echo '${JSON.stringify({ status: {} })}'`,
      message: 'has no token',
    },
  ])('says so when its plugin $title, and does not quote the answer', async ({ title, script, message }) => {
    const name = title.replaceAll(' ', '-');
    const cluster = await bed.open({ kubeconfig: await kubeconfig(`exec-${name}`, await plugin(name, script)) });
    await expect(cluster.facts()).rejects.toMatchObject({
      code: 'cluster-forbidden',
      message: expect.stringContaining(message),
    });
    await expect(cluster.facts()).rejects.not.toMatchObject({ message: expect.stringContaining('s3cr3t') });
  });

  it.each([{ password: undefined }, { password: 'pass-word' }])('may lead through a proxy: %p', async (options) => {
    const proxy: ConnectProxy = await startConnectProxy(
      options.password === undefined ? {} : { password: options.password },
    );
    try {
      await use(await kubeconfig('proxied', certificate(), { 'proxy-url': proxy.url }));
      expect(proxy.tunnels).toContain(new URL(bed.server).host);
    } finally {
      await proxy.close();
    }
  });

  it('says that the proxy is to blame, without its password', async () => {
    const proxy = await startConnectProxy({ password: 'pass-word' });
    const url = proxy.url.replace('pass-word', 'wr0ng');
    const cluster = await bed.open({ kubeconfig: await kubeconfig('refused', certificate(), { 'proxy-url': url }) });
    const error = (await cluster.facts().catch((reason: unknown) => reason)) as Error;
    await proxy.close();
    expect(error).toMatchObject({ code: 'cluster-unreachable', message: expect.stringContaining('proxy') });
    expect(`${error.message} ${String(error.cause)}`).not.toContain('wr0ng');
  });

  it('may switch verification off, and may name the host that the certificate is for', async () => {
    const cluster = { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true };
    await use(await kubeconfig('insecure', certificate(), cluster));
    await use(await kubeconfig('named', certificate(), { 'tls-server-name': 'localhost' }));
  });

  it.each([
    {
      title: 'an unknown CA',
      cluster: { 'certificate-authority-data': undefined },
      message: 'certificate is not trusted',
    },
    {
      title: 'another host name',
      cluster: { 'tls-server-name': 'example.com' },
      message: 'certificate is not trusted',
    },
    { title: 'a closed port', cluster: { server: 'https://127.0.0.1:1' }, message: 'the connection is refused' },
    { title: 'an unknown host', cluster: { server: 'https://no-such-host.invalid' }, message: 'cannot be resolved' },
  ])('that cannot be followed gives the reason: $title', async ({ title, cluster, message }) => {
    const source = await kubeconfig(title.replaceAll(' ', '-'), certificate(), cluster);
    const opened = await bed.open({ kubeconfig: source, random: () => 0 });
    await expect(opened.facts()).rejects.toMatchObject({
      code: 'cluster-unreachable',
      retryable: true,
      message: expect.stringContaining(message),
    });
  });

  it('may let us act as somebody else', async () => {
    const user = { ...certificate(), as: 'auditor', 'as-groups': ['system:authenticated'] };
    const cluster = await bed.open({ kubeconfig: await kubeconfig('acting', user) });
    await expect(cluster.apply(configMap(bed.namespace, 'acted'))).rejects.toMatchObject({
      message: expect.stringContaining('User "auditor" cannot patch'),
    });
  });

  it('may come as several files, as KUBECONFIG, or loaded by the official client', async () => {
    const path = await kubeconfig('several', certificate());
    await use([join(folder, 'absent'), path]);
    const config = new KubeConfig();
    config.loadFromFile(path);
    await use(config);
    const cluster = await bed.open({ environment: { KUBECONFIG: path } });
    await expect(cluster.facts()).resolves.toMatchObject({ name: 'here' });
  });
});
