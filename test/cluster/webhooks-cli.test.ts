import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compileCache } from '../support/compile-cache.ts';
import { sharedControlPlane } from '../support/control-plane/shared-control-plane.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';

const main = join(import.meta.dirname, '../../cli/main.ts');
const secret = 'correct horse battery staple';

let engine: Engine;
let folder: string;
let secrets: string;
let manifest: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-webhooks-cli-'));
  engine = await openEngine();
  await engine.git.createRepository('shop', { 'app/a.yaml': configMap('shop', { v: '1' }) });
  secrets = join(folder, 'webhooks');
  await writeFile(secrets, `# Git host, secret\nforgejo ${secret}\n`, { mode: 0o600 });
  manifest = join(folder, 'shop.json');
  const spec = {
    destination: { server: 'https://kubernetes.default.svc', namespace: engine.namespace },
    source: { repoURL: engine.git.url('shop'), path: 'app', targetRevision: 'main' },
    syncPolicy: { automated: {} },
  };
  const declared = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'shop' }, spec };
  await writeFile(manifest, JSON.stringify(declared));
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

type Program = { readonly child: ChildProcessByStdio<null, Readable, Readable>; out(): string; err(): string };

/** The real program in a process of its own. */
function serve(...words: readonly string[]): Program {
  const { PATH, HOME, XDG_CACHE_HOME } = process.env;
  const env = {
    PATH,
    HOME,
    ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }),
    PLUMB_STORE: join(folder, 'store'),
    PLUMB_CACHE: join(folder, 'cache'),
    KUBECONFIG: sharedControlPlane().kubeconfig,
    ...compileCache,
  };
  const args = [main, 'serve', '-f', manifest, '--poll-interval', '1h', ...words];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    said.err += String(chunk);
  });
  return { child, out: () => said.out, err: () => said.err };
}

async function refusal(...words: readonly string[]): Promise<string> {
  const { child, err } = serve(...words);
  const [exitCode] = await once(child, 'close');
  expect(exitCode).toBe(2);
  return err();
}

describe('plumb serve with webhooks', () => {
  it('says where it hears of pushes, applies one at once, tells of it without its secret, and ends when told', async () => {
    const { child, out, err } = serve('--webhook-listen', '127.0.0.1:0', '--webhook-secrets', secrets);
    const ended = once(child, 'exit');
    const [, url = ''] = await eventually('it listens', () => /hears of pushes at (http:\S+\/webhook)/.exec(out()));
    const value = async (): Promise<string | undefined> => (await engine.live('ConfigMap', 'shop'))?.data?.['v'];
    await eventually('the first is applied', async () => (await value()) === '1');
    engine.git.addWebhook('shop', { url, secret });
    engine.git.addWebhook('shop', { url, secret: 'wrong' });
    await engine.git.commit('shop', { files: { 'app/a.yaml': configMap('shop', { v: '2' }) } });
    await eventually('the push is applied', async () => (await value()) === '2');
    const statuses = (await engine.git.deliveries()).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([202, 401]);
    expect((await fetch(url.replace('/webhook', '/healthz'))).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(out()).toContain(`heard of a push: ${engine.git.url('shop')} refs/heads/main (gitea, delivery `);
    expect(out() + err()).not.toContain(secret);
  }, 60_000);

  it('refuses secrets that others can read, and says how to hide them', async () => {
    const open = join(folder, 'open');
    await writeFile(open, `github ${secret}\n`);
    await chmod(open, 0o644);
    const said = await refusal('--webhook-listen', ':0', '--webhook-secrets', open);
    expect(said).toContain(`--webhook-secrets: others can read ${open}`);
    expect(said).toContain(`try: run: chmod 600 ${open}`);
    expect(said).not.toContain(secret);
  }, 60_000);

  it('refuses an address without secrets, secrets without an address, and a file that is not there', async () => {
    const together = '--webhook-listen and --webhook-secrets belong together';
    const absent = join(folder, 'absent');
    const [alone, unheard, missing] = await Promise.all([
      refusal('--webhook-listen', ':0'),
      refusal('--webhook-secrets', secrets),
      refusal('--webhook-listen', ':0', '--webhook-secrets', absent),
    ]);
    expect(alone).toContain(together);
    expect(unheard).toContain(together);
    expect(missing).toContain(`--webhook-secrets: ${absent} cannot be read: `);
  }, 60_000);

  it('says so when the port is taken, and does not serve without webhooks then', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const said = await refusal('--webhook-listen', `127.0.0.1:${port}`, '--webhook-secrets', secrets);
    expect(said).toContain(`webhooks cannot be taken in on 127.0.0.1:${port}: `);
    expect(said).toContain('EADDRINUSE');
    expect(said).toContain('try: choose another address or port, or end what uses it');
    other.close();
  }, 60_000);
});
