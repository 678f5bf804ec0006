import { isAbsolute, join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { ClusterConnection } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/** Bytes that a kubeconfig gives in base64 or as the path of a file. */
export type FileOrData = { readonly file: string } | { readonly data: string };

export type ClusterEntry = {
  readonly name: string;
  /** The URL of the API server, without a slash at its end. */
  readonly server: string;
  readonly ca?: FileOrData;
  readonly skipTlsVerify: boolean;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
};

export type ExecPlugin = {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: { readonly [name: string]: string };
  readonly provideClusterInfo: boolean;
  readonly installHint: string;
};

/** Who to be. At most one of the ways is used, in the order of kubectl: token file, token, plugin; or a source, which no file has. */
export type UserEntry = {
  readonly name: string;
  readonly certificate?: FileOrData;
  readonly key?: FileOrData;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly exec?: ExecPlugin;
  /** Gives tokens of short life. */
  readonly tokenSource?: ClusterConnection['token'];
  /** As written: OIDC and the old cloud providers. */
  readonly authProvider?: JsonObject;
  readonly impersonate: readonly (readonly [header: string, value: string])[];
};

export type ContextEntry = { readonly name: string; readonly cluster: string; readonly user?: string };

export type Kubeconfig = {
  readonly clusters: readonly ClusterEntry[];
  readonly users: readonly UserEntry[];
  readonly contexts: readonly ContextEntry[];
  readonly currentContext?: string;
};

/** Where a kubeconfig is, for its relative paths and for errors; `hint` is the way out where it is no file of a person. */
export type KubeconfigOrigin = { readonly path: string; readonly folder: string; readonly hint?: string };

/** The text of one kubeconfig, with its paths taken from `folder`. Broken text is a PlumbError that quotes none of it. */
export function parseKubeconfig(text: string, origin: KubeconfigOrigin): Kubeconfig {
  const root = parseYaml(text, origin);
  const currentContext = stringOf(root['current-context']);
  return {
    clusters: entriesOf(root['clusters'], 'cluster').map(([name, body]) => toCluster(name, body, origin.folder)),
    users: entriesOf(root['users'], 'user').map(([name, body]) => toUser(name, body, origin.folder)),
    contexts: entriesOf(root['contexts'], 'context').map(([name, body]) => toContext(name, body)),
    ...(currentContext === undefined ? {} : { currentContext }),
  };
}

/** Several kubeconfigs as one, as kubectl merges them: the first entry of a name wins. */
export function mergeKubeconfigs(kubeconfigs: readonly Kubeconfig[]): Kubeconfig {
  const currentContext = kubeconfigs.find((kubeconfig) => kubeconfig.currentContext !== undefined)?.currentContext;
  return {
    clusters: firstOfEachName(kubeconfigs.flatMap((kubeconfig) => kubeconfig.clusters)),
    users: firstOfEachName(kubeconfigs.flatMap((kubeconfig) => kubeconfig.users)),
    contexts: firstOfEachName(kubeconfigs.flatMap((kubeconfig) => kubeconfig.contexts)),
    ...(currentContext === undefined ? {} : { currentContext }),
  };
}

function firstOfEachName<Entry extends { readonly name: string }>(entries: readonly Entry[]): readonly Entry[] {
  return [...new Map([...entries].reverse().map((entry) => [entry.name, entry])).values()].reverse();
}

function parseYaml(text: string, { path, hint }: KubeconfigOrigin): JsonObject {
  try {
    const [root]: unknown[] = loadAll(text);
    if (root === undefined || root === null) return {};
    if (isJsonObject(root)) return root;
  } catch (error) {
    // The parser's message quotes the lines around the mistake, which may hold a token.
    const line = (error as { readonly mark?: { readonly line?: number } }).mark?.line;
    const place = line === undefined ? '' : ` (line ${line + 1})`;
    throw unreadable(path, `it is not valid YAML${place}`, hint);
  }
  throw unreadable(path, 'it is not a mapping', hint);
}

/** A kubeconfig that cannot be used as it is. */
export function unreadable(
  path: string,
  reason: string,
  hint = 'Correct the file, or name another one with --kubeconfig.',
): PlumbError {
  return new PlumbError('cluster-unknown', `Kubeconfig ${path} cannot be read: ${reason}`, { object: path, hint });
}

function entriesOf(list: Json | undefined, member: string): readonly (readonly [string, JsonObject])[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isJsonObject).flatMap((entry) => {
    const body = entry[member];
    const name = stringOf(entry['name']);
    return name !== undefined && isJsonObject(body) ? [[name, body] as const] : [];
  });
}

function toCluster(name: string, body: JsonObject, folder: string): ClusterEntry {
  const tlsServerName = stringOf(body['tls-server-name']);
  const proxyUrl = stringOf(body['proxy-url']);
  const ca = fileOrData(body, 'certificate-authority', folder);
  return {
    name,
    server: (stringOf(body['server']) ?? '').replace(/\/+$/, ''),
    skipTlsVerify: body['insecure-skip-tls-verify'] === true,
    ...(ca === undefined ? {} : { ca }),
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  };
}

function toUser(name: string, body: JsonObject, folder: string): UserEntry {
  const certificate = fileOrData(body, 'client-certificate', folder);
  const key = fileOrData(body, 'client-key', folder);
  const token = stringOf(body['token']);
  const provider = isJsonObject(body['auth-provider']) ? body['auth-provider'] : undefined;
  const providerConfig = isJsonObject(provider?.['config']) ? provider['config'] : {};
  // A KubeConfig that was loaded inside a pod keeps the path of its token there.
  const tokenFile = stringOf(body['tokenFile']) ?? stringOf(providerConfig['tokenFile']);
  const exec = isJsonObject(body['exec']) ? toExec(body['exec'], folder) : undefined;
  return {
    name,
    impersonate: toImpersonation(body),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(token === undefined ? {} : { token }),
    ...(tokenFile === undefined ? {} : { tokenFile: toAbsolute(folder, tokenFile) }),
    ...(exec === undefined ? {} : { exec }),
    ...(provider === undefined || tokenFile !== undefined ? {} : { authProvider: provider }),
  };
}

function toExec(body: JsonObject, folder: string): ExecPlugin {
  const command = stringOf(body['command']) ?? '';
  const variables = Array.isArray(body['env']) ? body['env'].filter(isJsonObject) : [];
  return {
    apiVersion: stringOf(body['apiVersion']) ?? 'client.authentication.k8s.io/v1',
    // As for kubectl: a bare name is found on PATH, a relative path starts at the kubeconfig.
    command: command.includes('/') ? toAbsolute(folder, command) : command,
    args: stringsOf(body['args']),
    environment: Object.fromEntries(variables.map(({ name, value }) => [stringOf(name) ?? '', stringOf(value) ?? ''])),
    provideClusterInfo: body['provideClusterInfo'] === true,
    installHint: stringOf(body['installHint'])?.trim() ?? '',
  };
}

function toImpersonation(body: JsonObject): UserEntry['impersonate'] {
  const user = stringOf(body['as']);
  const uid = stringOf(body['as-uid']);
  return [
    ...(user === undefined ? [] : [['impersonate-user', user] as const]),
    ...(uid === undefined ? [] : [['impersonate-uid', uid] as const]),
    ...stringsOf(body['as-groups']).map((group) => ['impersonate-group', group] as const),
  ];
}

function toContext(name: string, body: JsonObject): ContextEntry {
  const user = stringOf(body['user']);
  return { name, cluster: stringOf(body['cluster']) ?? '', ...(user === undefined ? {} : { user }) };
}

function fileOrData(body: JsonObject, field: string, folder: string): FileOrData | undefined {
  const data = stringOf(body[`${field}-data`]);
  if (data !== undefined) return { data };
  const file = stringOf(body[field]);
  return file === undefined ? undefined : { file: toAbsolute(folder, file) };
}

function toAbsolute(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function stringOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function stringsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
