import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { eventually } from '../eventually.ts';
import { startGuard } from '../guard.ts';
import { provideEmulator } from './provide-emulator.ts';

/** A running emulator of AWS: everything in memory, gone after `stop` or the end of this process. */
export type Emulator = {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly region: 'us-east-1';
  /** Those of the emulated account's root. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For programs and SDKs: endpoint, region and credentials. */
  readonly environment: { readonly [name: string]: string };
  /** Wipes all that was made. */
  reset(): Promise<void>;
  stop(): Promise<void>;
};

export type EmulatorOptions = {
  /** True: policies of IAM are enforced, and signatures of its users are checked. */
  readonly iam?: boolean;
};

/** Starts the emulator on a free port of 127.0.0.1; about a second. */
export async function startEmulator({ iam = false }: EmulatorOptions = {}): Promise<Emulator> {
  const binary = await provideEmulator();
  const guard = await startGuard('aws');
  const port = await freePort();
  const log = join(guard.folder, 'emulator.log');
  const output = openSync(log, 'w');
  const child = spawn(binary, [], {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...serverEnvironment(port, guard.folder), AUTH: `${iam}` },
    cwd: guard.folder,
  });
  guard.watch(child);
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await eventually('the AWS emulator answers', () => isReady(endpoint, child.exitCode));
  } catch (error) {
    const said = (await readFile(log, 'utf8').catch(() => '')).slice(-2000);
    await guard.end();
    throw new Error(`the AWS emulator does not start: ${said}`, { cause: error });
  }
  return { ...access(endpoint), reset: () => reset(endpoint), stop: guard.end };
}

/** Nothing is inherited: settings and credentials of the person must not reach the emulator. */
function serverEnvironment(port: number, folder: string): { readonly [name: string]: string | undefined } {
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    TMPDIR: folder,
    GATEWAY_PORT: `${port}`,
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: 'localhost',
    LAMBDA_EXECUTOR: 'local',
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
  };
}

function access(endpoint: string): Pick<Emulator, 'endpoint' | 'region' | 'credentials' | 'environment'> {
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  return {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    environment,
  };
}

async function isReady(endpoint: string, exitCode: number | null): Promise<boolean> {
  if (exitCode !== null) throw new Error(`it ended with ${exitCode}`);
  return fetch(`${endpoint}/_ministack/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function reset(endpoint: string): Promise<void> {
  const { ok, status } = await fetch(`${endpoint}/_ministack/reset`, { method: 'POST' });
  if (!ok) throw new Error(`the AWS emulator did not reset: ${status}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
