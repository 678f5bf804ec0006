import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { StoreError } from '../errors.ts';
import type { Json } from '../model/json.ts';

/** What kinds of object the store holds; each object says its own. */
export type StoredKind =
  | 'head'
  | 'render'
  | 'rendered'
  | 'application'
  | 'project'
  | 'snapshot'
  | 'restore'
  | 'restored'
  | 'restore-refused'
  | 'secret-stores'
  | 'declared'
  | 'wanted'
  | 'refs'
  | 'registered-cluster'
  | 'cluster-facts'
  | 'announced'
  | 'outbox'
  | 'installation'
  | 'secrets-config'
  | 'mark-key';

/** The format that this version writes. It reads this one and every older one. */
const currentFormat = 1;

const largestUnpacked = 512 * 1024 * 1024;
const headerPattern = /^\{"kind":"([a-z-]+)","format":([1-9]\d*),/;
const checksumPattern = /^"sha256":"([0-9a-f]{64})","data":/;

/** One line of JSON, `{kind, format, sha256, data}`; `sha256` is over the bytes of `data` as they stand. */
export function encode(kind: StoredKind, value: Json): Uint8Array {
  return encodeText(kind, JSON.stringify(value)).bytes;
}

/** The same for JSON text that is made already; gives its checksum too. */
export function encodeText(kind: StoredKind, text: string): { readonly bytes: Uint8Array; readonly sha256: string } {
  const sha256 = createHash('sha256').update(text).digest('hex');
  const envelope = `{"kind":"${kind}","format":${currentFormat},"sha256":"${sha256}","data":${text}}\n`;
  return { bytes: Buffer.from(envelope), sha256 };
}

/** The value of a stored object. A newer format is a StoreError `store-newer`; anything but what was written, `store-corrupt`. */
export function decode(kind: StoredKind, bytes: Uint8Array, key: string): Json {
  return decodeChecked(kind, bytes, key).value;
}

/** The same, with the checksum that was found right. */
export function decodeChecked(
  kind: StoredKind,
  bytes: Uint8Array,
  key: string,
): { readonly value: Json; readonly sha256: string } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const header = headerPattern.exec(text);
  if (header === null) throw corrupt(key, 'it does not begin as a stored object does');
  if (Number(header[2]) > currentFormat) throw newer(key, Number(header[2]));
  if (header[1] !== kind) throw corrupt(key, `it holds a ${header[1]} where a ${kind} belongs`);
  const rest = text.slice(header[0].length);
  const checksum = checksumPattern.exec(rest);
  if (checksum === null || !rest.endsWith('}\n')) throw corrupt(key, 'it is cut short or was edited');
  const data = rest.slice(checksum[0].length, -2);
  const sha256 = createHash('sha256').update(data).digest('hex');
  if (sha256 !== checksum[1]) throw corrupt(key, `its content has the SHA-256 ${sha256}, and says ${checksum[1]}`);
  return { value: JSON.parse(data) as Json, sha256 };
}

/** For large objects; `gunzip` reads it. Equal bytes give equal bytes. */
export async function pack(bytes: Uint8Array): Promise<Uint8Array> {
  return await promisify(gzip)(bytes, { level: constants.Z_BEST_SPEED });
}

/** The bytes that were packed. Anything but a whole gzip file of at most 512 MiB is a StoreError `store-corrupt`. */
export async function unpack(bytes: Uint8Array, key: string): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: largestUnpacked });
  } catch (cause) {
    throw corrupt(key, 'it is not a whole gzip file', cause);
  }
}

/** The error for an object that is not what was written. Nothing is overwritten: a person decides. */
export function corrupt(key: string, why: string, cause?: unknown): StoreError {
  return new StoreError('store-corrupt', `${key} in the store cannot be used: ${why}`, {
    object: key,
    hint: hintFor(key),
    cause,
  });
}

const hints: { readonly [prefix: string]: string } = {
  heads:
    'Put the object back from a backup or an earlier version of it; or delete it, and make it anew from the cluster with: plumb adopt CLUSTER. Nothing was changed.',
  renders: 'Put the object back from a backup; or delete it: what Git still has is rendered again by the next sync.',
  rendered: 'Delete the object: it is rendered again from Git.',
  snapshots: 'Put the object back from a backup or an earlier version of it; the other snapshots can be used.',
  registry: 'Delete the object: it is declared again by the next sync of the application that renders it.',
  restores: 'Delete the object: the next restore chooses snapshots anew.',
  'declared.json.gz': 'Delete the object: it is read again from the control repository.',
  wanted: 'Delete the object: it is rendered again from Git.',
  refs: 'Delete the object: the repository is looked at again.',
  clusters: 'Delete the object: it is written again within minutes, from the settings and from a scan.',
  announced: 'Delete the object: what the application has come to is announced once more.',
  outbox: 'Delete the object: an event may have been lost; applications are looked at again by themselves.',
  'installation.json': 'Delete the object: it is written again from the settings within minutes.',
  operator: 'Delete the object: it is written again from the settings within minutes.',
  'secret-stores': 'Delete the object: the next sync of the application that brings the stores writes it again.',
};

function hintFor(key: string): string {
  return hints[key.split('/')[0] ?? ''] ?? 'Put the object back from a backup.';
}

function newer(key: string, format: number): StoreError {
  return new StoreError(
    'store-newer',
    `${key} in the store has format ${format}; this version reads up to ${currentFormat}`,
    {
      object: key,
      hint: 'Upgrade plumb to at least the version that wrote it. Nothing was changed.',
    },
  );
}
