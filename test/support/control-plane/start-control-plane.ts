import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { type Guard, startGuard } from '../guard.ts';
import type { Address, HostAnswer, HostRequest } from './host-protocol.ts';
import { type Binaries, provideControlPlane } from './provision.ts';

export type ControlPlaneOptions = {
  /** Default: those that `provideControlPlane` finds or makes. */
  readonly binaries?: Binaries;
  /** False: etcd and API server only; nothing rolls out, is collected or ends. Default: true. */
  readonly controllers?: boolean;
  /** The URL of a TokenReview webhook that says whose bearer tokens are. Default: none. */
  readonly tokenWebhook?: string;
};

/** A real Kubernetes API, which every process of the test run may use. */
export type ControlPlaneAccess = {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:<port>`. */
  readonly server: string;
  /** Makes a user with a client certificate; gives the path of its kubeconfig. It may do nothing until RBAC says so. */
  addUser(name: string, groups?: readonly string[]): Promise<string>;
};

export type ControlPlane = ControlPlaneAccess & {
  /** The address for `attachControlPlane` in other processes. */
  readonly address: Address;
  /** The components' logs, until `stop`. */
  readonly folder: string;
  /** Ends every process and removes every file. Happens too when this process ends in any other way. */
  stop(): Promise<void>;
};

/**
 * Starts etcd, kube-apiserver and, unless told otherwise, kube-controller-manager, kube-scheduler and kwok with two nodes: rollouts
 * finish, Jobs complete, garbage is collected and namespaces end. Takes about 6 s.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = options.binaries ?? (await provideControlPlane());
  const guard = await startGuard('cp');
  try {
    const address = await startHost(guard, {
      binaries,
      folder: guard.folder,
      controllers: options.controllers ?? true,
      ...(options.tokenWebhook === undefined ? {} : { tokenWebhook: options.tokenWebhook }),
    });
    return { ...attachControlPlane(address), address, folder: guard.folder, stop: guard.end };
  } catch (error) {
    await guard.end();
    throw error;
  }
}

/** Access to a control plane that another process has started. */
export function attachControlPlane(address: Address): ControlPlaneAccess {
  return {
    kubeconfig: address.kubeconfig,
    server: address.server,
    addUser: (name, groups = []) => addUser(address.socket, { name, groups: [...groups] }),
  };
}

async function startHost(guard: Guard, request: HostRequest): Promise<Address> {
  const logPath = join(guard.folder, 'host.log');
  const host = spawn(process.execPath, [join(import.meta.dirname, 'host-process.ts'), JSON.stringify(request)], {
    detached: true,
    stdio: ['ignore', 'pipe', openSync(logPath, 'w')],
    // Nothing is inherited: NODE_OPTIONS, proxies or KUBECONFIG of the person must not reach the control plane.
    env: { PATH: process.env['PATH'], HOME: guard.folder, TMPDIR: guard.folder },
    cwd: guard.folder,
  });
  guard.watch(host);
  const stdout = host.stdout as Readable;
  const line = await Promise.race([firstLine(stdout), once(host, 'exit').then(() => undefined)]);
  const answer: HostAnswer =
    line === undefined ? { type: 'failed', reason: 'it ended' } : (JSON.parse(line) as HostAnswer);
  if (answer.type === 'failed') {
    const log = (await readFile(logPath, 'utf8')).split('\n').slice(-20).join('\n');
    throw new Error(`The control plane did not start: ${answer.reason}\n${log}`);
  }
  stdout.destroy();
  host.unref();
  return { kubeconfig: answer.kubeconfig, server: answer.server, socket: answer.socket };
}

async function firstLine(stream: Readable): Promise<string> {
  const [line] = (await once(createInterface({ input: stream }), 'line')) as [string];
  return line;
}

async function addUser(
  socket: string,
  user: { readonly name: string; readonly groups: readonly string[] },
): Promise<string> {
  const request = httpRequest({ socketPath: socket, method: 'POST', path: '/users' });
  request.end(JSON.stringify(user));
  const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
  const answer = (await json(response)) as { readonly kubeconfig?: string; readonly reason?: string };
  if (answer.kubeconfig === undefined) throw new Error(`User ${user.name} was not made: ${answer.reason}`);
  return answer.kubeconfig;
}
