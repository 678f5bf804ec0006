import { spawn } from 'node:child_process';
import { messageOf, PlumbError } from '../../errors.ts';
import { isJsonObject, type Json, jsonAt } from '../../model/json.ts';
import type { ClusterEntry, ExecPlugin } from './kubeconfig.ts';
import type { Environment } from './load-kubeconfig.ts';

const timeoutMs = 60_000;

/** What a plugin answered: a token, a certificate with its key in PEM, or both. */
export type ExecCredential = {
  readonly token?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Milliseconds since 1970; absent: valid until refused. */
  readonly expiresAt?: number;
};

/** Runs a credential plugin by the protocol of client.authentication.k8s.io, without a terminal. It has 60 s. */
export async function runExecPlugin(
  plugin: ExecPlugin,
  cluster: ClusterEntry,
  environment: Environment,
): Promise<ExecCredential> {
  const info = { apiVersion: plugin.apiVersion, kind: 'ExecCredential', spec: specOf(plugin, cluster) };
  const output = await runProgram(plugin, {
    ...environment,
    ...plugin.environment,
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  });
  return toCredential(plugin, output);
}

function specOf(plugin: ExecPlugin, cluster: ClusterEntry): Json {
  if (!plugin.provideClusterInfo) return { interactive: false };
  const { server, ca, skipTlsVerify, tlsServerName } = cluster;
  return {
    interactive: false,
    cluster: {
      server,
      'insecure-skip-tls-verify': skipTlsVerify,
      'tls-server-name': tlsServerName,
      'certificate-authority-data': ca !== undefined && 'data' in ca ? ca.data : undefined,
    },
  };
}

function runProgram(plugin: ExecPlugin, environment: Environment): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(plugin.command, plugin.args, {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  child.on('error', (error) => reject(pluginFailed(plugin, messageOf(error))));
  child.on('close', (code, signal) => {
    if (code === 0) resolve(output.stdout);
    else reject(pluginFailed(plugin, `${signal ?? `exit code ${code}`}: ${output.stderr.trim().slice(0, 500)}`));
  });
  return promise;
}

function toCredential(plugin: ExecPlugin, output: string): ExecCredential {
  const status = jsonAt(parseOutput(plugin, output), 'status');
  if (!isJsonObject(status)) throw pluginFailed(plugin, 'its answer has no status');
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  const hasCertificate = typeof cert === 'string' && typeof key === 'string';
  if (typeof token !== 'string' && !hasCertificate)
    throw pluginFailed(plugin, 'its answer has no token and no certificate');
  return {
    ...(typeof token === 'string' ? { token } : {}),
    ...(hasCertificate ? { certificate: { cert, key } } : {}),
    ...(typeof expirationTimestamp === 'string' ? { expiresAt: Date.parse(expirationTimestamp) } : {}),
  };
}

function parseOutput(plugin: ExecPlugin, output: string): Json {
  try {
    return JSON.parse(output) as Json;
  } catch {
    // What it printed may be a credential, so it is not quoted.
    throw pluginFailed(plugin, 'its answer is not JSON');
  }
}

function pluginFailed(plugin: ExecPlugin, reason: string): PlumbError {
  return new PlumbError('cluster-forbidden', `The credential plugin ${plugin.command} failed: ${reason}`, {
    object: plugin.command,
    hint:
      plugin.installHint === ''
        ? 'Run it by hand with the arguments of the kubeconfig, and log in again.'
        : plugin.installHint,
  });
}
