import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { eventually } from '../eventually.ts';
import { startGuard } from '../guard.ts';
import { provideEmulator } from './provide-emulator.ts';

/** A running emulator of AWS: everything in memory, gone after `stop` or the end of this process. */
export type Emulator = {
  /** `http://127.0.0.1:<port>`, or `https://localhost:<port>`. */
  readonly endpoint: string;
  readonly region: 'us-east-1';
  /** Those of the emulated account's root. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For programs and SDKs: endpoint, region, credentials, and whom to trust. */
  readonly environment: { readonly [name: string]: string };
  /** With TLS: its certificate, as PEM. */
  readonly certificate?: string;
  /** Of its processes' group. */
  readonly pid: number;
  /** Wipes all that was made. */
  reset(): Promise<void>;
  stop(): Promise<void>;
};

export type EmulatorOptions = {
  /** True: policies of IAM are enforced, and signatures of its users are checked. */
  readonly iam?: boolean;
  /** True: it is spoken to over TLS, as policies may ask. Default: false. */
  readonly tls?: boolean;
  /** A file that says of clusters of EKS, by name, what DescribeCluster has to answer otherwise. */
  readonly clusters?: string;
};

/** Starts the emulator on a free port of 127.0.0.1; about a second. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const python = join(dirname(await provideEmulator()), 'python');
  const guard = await startGuard('aws');
  const port = await freePort();
  const log = join(guard.folder, 'emulator.log');
  const output = openSync(log, 'w');
  const child = spawn(python, [join(import.meta.dirname, 'emulator.py')], {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...serverEnvironment(port, guard.folder), ...settings(options) },
    cwd: guard.folder,
  });
  guard.watch(child);
  try {
    await eventually('the AWS emulator answers', () => isReady(port, child.exitCode));
  } catch (error) {
    const said = (await readFile(log, 'utf8').catch(() => '')).slice(-2000);
    await guard.end();
    throw new Error(`the AWS emulator does not start: ${said}`, { cause: error });
  }
  const reached = options.tls === true ? await overTls(port, guard.folder) : overHttp(port);
  return { ...reached, pid: child.pid ?? 0, reset: () => reset(reached.endpoint), stop: guard.end };
}

function settings({ iam = false, tls = false, clusters }: EmulatorOptions): { readonly [name: string]: string } {
  return {
    AUTH: `${iam}`,
    ...(tls ? { USE_SSL: '1' } : {}),
    ...(clusters === undefined ? {} : { PLUMB_TEST_CLUSTERS: clusters }),
  };
}

/** Nothing is inherited: settings and credentials of the person must not reach the emulator. */
function serverEnvironment(port: number, folder: string): { readonly [name: string]: string | undefined } {
  return {
    // Functions run with the first node on the path.
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
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

type Reached = Pick<Emulator, 'endpoint' | 'region' | 'credentials' | 'environment' | 'certificate'>;

const region = 'us-east-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const identity = { AWS_REGION: region, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

function overHttp(port: number): Reached {
  const endpoint = `http://127.0.0.1:${port}`;
  return { endpoint, region, credentials, environment: { ...identity, AWS_ENDPOINT_URL: endpoint } };
}

/** Its certificate is for localhost and 127.0.0.1; buckets are not looked for below the latter. */
async function overTls(port: number, folder: string): Promise<Reached> {
  const path = join(folder, 'ministack-tls', 'server.crt');
  const endpoint = `https://localhost:${port}`;
  const environment = {
    ...identity,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: `https://127.0.0.1:${port}`,
    NODE_EXTRA_CA_CERTS: path,
    AWS_CA_BUNDLE: path,
  };
  return { endpoint, region, credentials, environment, certificate: await readFile(path, 'utf8') };
}

/** A port that is being listened to: the certificate is there by then. */
async function isReady(port: number, exitCode: number | null): Promise<boolean> {
  if (exitCode !== null) throw new Error(`it ended with ${exitCode}`);
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
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
