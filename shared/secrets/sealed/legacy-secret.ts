import { SecretError } from '../../errors.ts';
import { isJsonObject, type Json, type JsonObject, jsonAt } from '../../model/json.ts';
import type { StringMap } from '../../model/manifest.ts';
import { decodeBase64 } from '../strict-base64.ts';
import { nameOfSealed, type SealingPlace, type SecretParts } from './sealed-secret.ts';

/**
 * The parts of a Secret that was sealed whole, as JSON. What it says of labels, annotations and type was secret, too:
 * it is refused unless values may stand in metadata.
 */
export function readLegacy(
  opened: ReadonlyMap<string, Uint8Array>,
  place: SealingPlace,
  allowMetadata: boolean,
): SecretParts {
  const object = nameOfSealed(place);
  const secret = parseSecret(opened.get('spec.data') ?? new Uint8Array(), object);
  const labels = textsOf(jsonAt(secret, 'metadata', 'labels'));
  const annotations = textsOf(jsonAt(secret, 'metadata', 'annotations'));
  const { type } = secret;
  const hasMetadata = Object.keys(labels).length + Object.keys(annotations).length > 0;
  if (!allowMetadata && hasMetadata) throw refused(object);
  return {
    ...(typeof type === 'string' && type !== '' ? { type } : {}),
    labels,
    annotations,
    finalizers: [],
    values: valuesOf(secret, object),
  };
}

function parseSecret(bytes: Uint8Array, object: string): JsonObject {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as Json;
    if (isJsonObject(value)) return value;
  } catch {
    // What the parser says quotes the text.
  }
  throw new SecretError('secret-invalid', `${object}: spec.data does not hold a Secret`, {
    object,
    hint: 'seal it anew, which gives spec.encryptedData',
  });
}

function valuesOf({ data, stringData }: JsonObject, object: string): ReadonlyMap<string, Uint8Array> {
  const values = new Map<string, Uint8Array>();
  for (const [key, text] of Object.entries(textsOf(data))) {
    const bytes = decodeBase64(text);
    if (bytes === undefined)
      throw new SecretError('secret-invalid', `${object}: ${key} in spec.data is not base64`, {
        object,
        hint: 'seal it anew, which gives spec.encryptedData',
      });
    values.set(key, bytes);
  }
  for (const [key, text] of Object.entries(textsOf(stringData))) values.set(key, Buffer.from(text));
  return values;
}

function textsOf(value: Json | undefined): StringMap {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );
}

function refused(object: string): SecretError {
  return new SecretError('secret-refused', `${object}: labels or annotations are sealed in spec.data`, {
    object,
    hint: 'seal it anew, which writes them into spec.template, or let the operator grant metadata: true',
  });
}
