import { Agent, fetch } from 'undici';
import { eventually } from '../eventually.ts';

/** Sets up a Vault, real or not, by its HTTP API. */
export type VaultAdmin = {
  readonly url: string;
  readonly token: string;
  /** Whom to trust, as PEM. */
  readonly ca?: string;
};

export type AdminRequest = {
  /** An object, or JSON as it is to be sent. */
  readonly body?: object | string;
  /** Default: POST with a body, else GET. */
  readonly method?: string;
  readonly namespace?: string;
};

/** Sends a request as root; gives the body. */
export async function askVault(
  { url, token, ca }: VaultAdmin,
  path: string,
  { body, method = body === undefined ? 'GET' : 'POST', namespace }: AdminRequest = {},
): Promise<{ readonly data?: Record<string, unknown>; readonly auth?: Record<string, unknown> }> {
  const dispatcher = new Agent({ connect: ca === undefined ? {} : { ca } });
  const response = await fetch(`${url}/v1/${path}`, {
    dispatcher,
    method,
    headers: { 'x-vault-token': token, ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  await dispatcher.close();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? {} : (JSON.parse(text) as object);
}

/** Mounts a KV engine, and waits until it is ready. */
export async function mountKv(admin: VaultAdmin, path: string, version: 'v1' | 'v2'): Promise<void> {
  await askVault(admin, `sys/mounts/${path}`, { body: { type: 'kv', options: { version: version.slice(1) } } });
  if (version === 'v1') return;
  await eventually(`${path} is ready`, () => askVault(admin, `${path}/config`).catch(() => undefined));
}

/** Writes a policy in HCL. */
export async function putPolicy(admin: VaultAdmin, name: string, policy: string): Promise<void> {
  await askVault(admin, `sys/policies/acl/${name}`, { body: { policy } });
}

/** A token with some policies. */
export async function makeToken(admin: VaultAdmin, policies: readonly string[], more: object = {}): Promise<string> {
  const { auth } = await askVault(admin, 'auth/token/create', { body: { policies, ...more } });
  return String(auth?.['client_token']);
}
