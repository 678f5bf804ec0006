/** An answer of the server: a body in JSON, or none. */
export type Reply = { readonly status: number; readonly body?: string };

export type KvRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'LIST';
  /** Below the mount. */
  readonly path: string;
  readonly version: string | null;
  /** Members of the body; `data` as the text that it was written in, so that numbers are kept. */
  readonly body: { readonly [field: string]: unknown };
  readonly text: string;
};

/** A secret engine of keys and values. */
export type KvEngine = { answer(request: KvRequest): Reply };

export const absent: Reply = { status: 404, body: '{"errors":[]}' };
export const done: Reply = { status: 204 };

/** The envelope of Vault around data in JSON. */
export function wrap(data: string, more: { readonly auth?: string; readonly warnings?: string } = {}): string {
  const { auth = 'null', warnings = 'null' } = more;
  return `{"request_id":"6e1f1a5c","lease_id":"","renewable":false,"lease_duration":0,"data":${data},"wrap_info":null,"warnings":${warnings},"auth":${auth}}`;
}

/** The names right below a folder, folders with a slash at their end. */
function listReply(keys: Iterable<string>, path: string): Reply {
  const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
  const below = [...keys].filter((key) => key.startsWith(folder)).map((key) => key.slice(folder.length));
  const names = [...new Set(below.map((key) => key.replace(/\/.*$/, '/')))].sort();
  return names.length === 0 ? absent : { status: 200, body: wrap(JSON.stringify({ keys: names })) };
}

/** KV version 1: one value a key. */
export class KvV1 implements KvEngine {
  readonly #values = new Map<string, string>();

  answer({ method, path, text }: KvRequest): Reply {
    if (method === 'LIST') return listReply(this.#values.keys(), path);
    if (method === 'POST') this.#values.set(path, text);
    if (method === 'DELETE') this.#values.delete(path);
    if (method !== 'GET') return done;
    const value = this.#values.get(path);
    return value === undefined ? absent : { status: 200, body: wrap(value) };
  }
}

type Version = { data: string; readonly created: string; deleted: string; destroyed: boolean };

type Secret = { versions: Version[]; custom: { readonly [key: string]: string } | null; updated: string };

/** KV version 2: versions, soft deletion, custom metadata. */
export class KvV2 implements KvEngine {
  readonly #secrets = new Map<string, Secret>();

  answer(request: KvRequest): Reply {
    const [, kind = '', path = ''] = /^([a-z]+)\/?(.*)$/.exec(request.path) ?? [];
    const inner = { ...request, path };
    if (kind === 'data') return this.#data(inner);
    if (kind === 'metadata') return this.#metadata(inner);
    if (['delete', 'undelete', 'destroy'].includes(kind) && request.method === 'POST') return this.#mark(kind, inner);
    if (kind === 'config') return { status: 200, body: wrap('{"cas_required":false,"max_versions":0}') };
    const warning =
      "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, use 'vault kv get' for this operation.";
    return { status: 404, body: wrap('null', { warnings: JSON.stringify([warning]) }) };
  }

  #data(request: KvRequest): Reply {
    const { method, path } = request;
    const secret = this.#secrets.get(path);
    if (method === 'POST') return this.#write(path, dataTextOf(request.text));
    if (secret === undefined) return method === 'DELETE' ? done : absent;
    if (method === 'DELETE') {
      const last = secret.versions.at(-1);
      if (last !== undefined) last.deleted = now();
      return done;
    }
    const number = Number(request.version ?? 0) || secret.versions.length;
    const version = secret.versions[number - 1];
    if (version === undefined) return absent;
    const isGone = version.deleted !== '' || version.destroyed;
    const metadata = JSON.stringify(aboutVersion(secret, version, number));
    return {
      status: isGone ? 404 : 200,
      body: wrap(`{"data":${isGone ? 'null' : version.data},"metadata":${metadata}}`),
    };
  }

  #write(path: string, data: string): Reply {
    const secret = this.#secrets.get(path) ?? { versions: [], custom: null, updated: '' };
    const version = { data, created: now(), deleted: '', destroyed: false };
    secret.versions.push(version);
    secret.updated = version.created;
    this.#secrets.set(path, secret);
    return { status: 200, body: wrap(JSON.stringify(aboutVersion(secret, version, secret.versions.length))) };
  }

  #metadata({ method, path, body }: KvRequest): Reply {
    if (method === 'LIST') return listReply(this.#secrets.keys(), path);
    const secret = this.#secrets.get(path);
    if (method === 'DELETE') this.#secrets.delete(path);
    if (method === 'POST') {
      const custom = body['custom_metadata'] as Secret['custom'];
      this.#secrets.set(path, { ...(secret ?? { versions: [], updated: now() }), custom });
    }
    if (method !== 'GET') return done;
    return secret === undefined ? absent : { status: 200, body: wrap(JSON.stringify(aboutSecret(secret))) };
  }

  #mark(kind: string, { path, body }: KvRequest): Reply {
    const numbers = (body['versions'] as readonly number[]) ?? [];
    for (const version of numbers.map((number) => this.#secrets.get(path)?.versions[number - 1])) {
      if (version === undefined) continue;
      if (kind === 'destroy') Object.assign(version, { destroyed: true, data: 'null' });
      else version.deleted = kind === 'delete' ? now() : '';
    }
    return done;
  }
}

function aboutVersion({ custom }: Secret, { created, deleted, destroyed }: Version, version: number): object {
  return { created_time: created, custom_metadata: custom, deletion_time: deleted, destroyed, version };
}

function aboutSecret({ versions, custom, updated }: Secret): object {
  return {
    cas_required: false,
    created_time: versions[0]?.created ?? updated,
    current_version: versions.length,
    custom_metadata: custom,
    delete_version_after: '0s',
    max_versions: 0,
    oldest_version: 0,
    updated_time: updated,
    versions: Object.fromEntries(
      versions.map(({ created, deleted, destroyed }, index) => [
        String(index + 1),
        { created_time: created, deletion_time: deleted, destroyed },
      ]),
    ),
  };
}

/** The text of `data` in a body that holds nothing else. */
function dataTextOf(text: string): string {
  const inner = /^\s*\{\s*"data"\s*:([\s\S]*)\}\s*$/.exec(text)?.[1];
  if (inner === undefined) throw new Error('the test bed writes {"data":…} and nothing else');
  return inner;
}

/** Of nine digits, as Vault writes it. */
function now(): string {
  return new Date().toISOString().replace('Z', '000000Z');
}
