import { constants, createCipheriv, type KeyObject, publicEncrypt } from 'node:crypto';
import { SecretError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Manifest, StringMap } from '../../model/manifest.ts';
import { isSopsManifest } from '../sops/is-sops-manifest.ts';
import { decodeBase64 } from '../strict-base64.ts';
import { parseSealedSecret } from './parse-sealed-secret.ts';
import { labelOf, type SealingPlace, type SealingScope, scopeOf, withScope } from './sealed-secret.ts';
import { readCertificate, type SealingKey } from './sealing-key.ts';
import { newestKey } from './sealing-keys.ts';
import type { Unsealer } from './unseal.ts';

export type RandomBytes = (length: number) => Uint8Array;

/** Copies of the whole object that tools put into annotations: they would hold the values in clear. */
const copies = ['kubectl.kubernetes.io/last-applied-configuration', 'kubecfg.ksonnet.io/last-applied-configuration'];

/** The public key of a certificate that may be sealed with at that time. */
export function readSealingCertificate(pem: string, now: Date): KeyObject {
  const found = readCertificate(pem);
  if (found === undefined) throw unusable('it is not a PEM certificate of an RSA key');
  const { certificate } = found;
  if (certificate.validToDate.getTime() < now.getTime()) throw unusable('it has expired');
  return certificate.publicKey;
}

/** What values are sealed with. */
export type Lock = { readonly key: KeyObject; readonly randomBytes: RandomBytes };

/** Seals one value, in base64. */
export function sealValue({ key, randomBytes }: Lock, place: SealingPlace, bytes: Uint8Array): string {
  const sessionKey = randomBytes(32);
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256', oaepLabel: labelOf(place) };
  const sealedKey = publicEncrypt({ key, ...padding }, sessionKey);
  const cipher = createCipheriv('aes-256-gcm', sessionKey, new Uint8Array(12));
  const body = Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  const length = Buffer.from([sealedKey.length >> 8, sealedKey.length & 255]);
  return Buffer.concat([length, sealedKey, body]).toString('base64');
}

/** Without a scope the annotations of the Secret say it. */
export type SealOptions = Lock & { readonly scope?: SealingScope };

/** The SealedSecret of a Secret, with the shape that kubeseal gives it. */
export function sealSecret(secret: Manifest, { scope, ...lock }: SealOptions): Manifest {
  const { name, namespace = '', labels = {}, annotations = {} } = secret.metadata;
  const object = `Secret ${namespace === '' ? name : `${namespace}/${name}`}`;
  if (secret.kind !== 'Secret' || secret.apiVersion !== 'v1')
    throw invalid(`${secret.kind} ${name}`, 'it is not a Secret', 'give a Secret of apiVersion v1');
  if (isSopsManifest(secret))
    throw invalid(
      object,
      'SOPS has encrypted it, and the ciphertext would be sealed',
      'decrypt it on the way: sops decrypt FILE | plumb secrets seal',
    );
  const kept = withScope(withoutCopies(annotations), scope ?? scopeOf(annotations));
  const place = { scope: scopeOf(kept), namespace, name };
  if (place.scope !== 'cluster-wide' && namespace === '')
    throw invalid(object, 'it has no namespace', 'set metadata.namespace, or seal it with --scope cluster-wide');
  const values = valuesOf(secret, object);
  const encryptedData: JsonObject = Object.fromEntries(
    [...values].map(([each, bytes]) => [each, sealValue(lock, place, bytes)]),
  );
  const own = withScope({}, place.scope);
  const at = { name, ...(namespace === '' ? {} : { namespace }) };
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { ...at, ...(isEmpty(own) ? {} : { annotations: own }) },
    spec: {
      encryptedData,
      template: {
        metadata: {
          ...at,
          ...(isEmpty(labels) ? {} : { labels }),
          ...(isEmpty(kept) ? {} : { annotations: kept }),
        },
        ...(typeof secret['type'] === 'string' ? { type: secret['type'] } : {}),
        ...(typeof secret['immutable'] === 'boolean' ? { immutable: secret['immutable'] } : {}),
      },
    },
  };
}

/**
 * The ciphertexts of a SealedSecret by key, before and after it is sealed anew under the newest key. The scope stays that of its own
 * annotations, whatever its template says: it is never widened. Retired keys still open here.
 */
export async function resealValues(
  manifest: Manifest,
  keys: readonly SealingKey[],
  { unsealer, randomBytes }: { readonly unsealer: Unsealer; readonly randomBytes: RandomBytes },
): Promise<ReadonlyMap<string, { readonly before: string; readonly after: string }>> {
  const sealed = parseSealedSecret(manifest);
  const newest = newestKey(keys);
  const opened = await unsealer.open(sealed, withRetired(keys));
  return new Map(
    [...opened].map(([key, bytes]) => {
      const before = sealed.encrypted.get(key) ?? sealed.legacy ?? '';
      return [key, { before, after: sealValue({ key: newest.publicKey, randomBytes }, sealed.place, bytes) }];
    }),
  );
}

function withRetired(keys: readonly SealingKey[]): readonly SealingKey[] {
  return keys.map((key) => ({ ...key, isRetired: false }));
}

function valuesOf(secret: Manifest, object: string): ReadonlyMap<string, Uint8Array> {
  const values = new Map<string, Uint8Array>();
  const wrong = 'every value under data has to be base64, and every value under stringData a text in quotes';
  for (const [field, decode] of [['data', decodeBase64] as const, ['stringData', encode] as const]) {
    const map = secret[field];
    if (map === undefined || map === null) continue;
    if (!isJsonObject(map)) throw invalid(object, `${field} is not a mapping`, wrong);
    for (const [key, text] of Object.entries(map)) {
      const bytes = typeof text === 'string' ? decode(text) : undefined;
      if (bytes === undefined) throw invalid(object, `${field}.${key} cannot be used`, wrong);
      values.set(key, bytes);
    }
  }
  if (values.size === 0) throw invalid(object, 'it has no values', 'write them under data or stringData');
  return values;
}

function encode(text: string): Uint8Array {
  return Buffer.from(text);
}

function withoutCopies(annotations: StringMap): StringMap {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !copies.includes(key)));
}

function isEmpty(map: object): boolean {
  return Object.keys(map).length === 0;
}

function invalid(object: string, problem: string, hint: string): SecretError {
  return new SecretError('secret-invalid', `${object}: ${problem}`, { object, hint });
}

function unusable(problem: string): SecretError {
  return invalid('Sealing certificate', problem, 'print the one in use with plumb secrets cert');
}
