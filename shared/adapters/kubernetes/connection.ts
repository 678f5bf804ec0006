import { readFile } from 'node:fs/promises';
import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import { messageOf, PlumbError } from '../../errors.ts';
import type { Certificate } from './credentials.ts';
import type { ClusterEntry } from './kubeconfig.ts';

/**
 * How many requests one cluster gets at once, each on its own kept HTTP/1.1 connection.
 * On 2 cores 32 gave the full rate of the API server (16: 90 %; HTTP/2: no more), and it stays below the 49 seats that API
 * priority and fairness gives by default to all who are not service accounts.
 */
export const requestsUnderWay = 32;

const connectTimeoutMs = 10_000;
/** Below the 60 s after which cloud load balancers cut idle connections. */
const idleTimeoutMs = 30_000;

/** Opens the connections to an API server, through its proxy if it has one; none is made before the first request. */
export async function openConnection(cluster: ClusterEntry, certificate: Certificate | undefined): Promise<Dispatcher> {
  const ca = await readAuthority(cluster);
  const tls = {
    rejectUnauthorized: !cluster.skipTlsVerify,
    ...(ca === undefined ? {} : { ca }),
    ...(cluster.tlsServerName === undefined ? {} : { servername: cluster.tlsServerName }),
    ...(certificate === undefined ? {} : { cert: toPem(certificate.cert), key: toPem(certificate.key) }),
  };
  const pool = { connections: requestsUnderWay, keepAliveTimeout: idleTimeoutMs, allowH2: false };
  if (cluster.proxyUrl !== undefined) return new ProxyAgent({ ...pool, uri: cluster.proxyUrl, requestTls: tls });
  return new Pool(new URL(cluster.server).origin, { ...pool, connect: { ...tls, timeout: connectTimeoutMs } });
}

function toPem(value: string | Uint8Array): string | Buffer {
  return typeof value === 'string' ? value : Buffer.from(value);
}

async function readAuthority({ name, ca }: ClusterEntry): Promise<Buffer | undefined> {
  if (ca === undefined) return undefined;
  if ('data' in ca) return Buffer.from(ca.data, 'base64');
  try {
    return await readFile(ca.file);
  } catch (error) {
    throw new PlumbError('cluster-unreachable', `The CA of cluster "${name}" cannot be read: ${messageOf(error)}`, {
      object: ca.file,
      hint: 'Correct certificate-authority in the kubeconfig.',
    });
  }
}
