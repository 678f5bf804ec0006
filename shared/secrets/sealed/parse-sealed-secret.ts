import { SecretError } from '../../errors.ts';
import { isJsonObject, type Json, type JsonObject, jsonAt } from '../../model/json.ts';
import type { Manifest, StringMap } from '../../model/manifest.ts';
import { groupOf } from '../../model/object-ref.ts';
import { nameOfSealed, type SealedSecret, type SealedTemplate, scopeOf } from './sealed-secret.ts';

const maxKeys = 10_000;

/** True for a SealedSecret of any version. */
export function isSealedSecret({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): boolean {
  return kind === 'SealedSecret' && groupOf(apiVersion) === 'bitnami.com';
}

/**
 * A SealedSecret as it is written, in its namespace. What has the wrong type is a SecretError that names the field,
 * where the controller would take it for empty. The scope is that of its own annotations, never of the template's.
 */
export function parseSealedSecret(manifest: Manifest): SealedSecret {
  const { name, namespace = '', annotations = {} } = manifest.metadata;
  const fail = failing(nameOfSealed({ namespace, name }));
  const place = { scope: scopeOf(annotations), namespace, name };
  if (namespace === '' && place.scope !== 'cluster-wide')
    throw fail('it has no namespace', 'set metadata.namespace to the namespace that it was sealed for');
  if (!isJsonObject(manifest['spec'])) throw fail('spec is missing', 'write spec.encryptedData');
  const spec = manifest['spec'];
  const encrypted = readTexts(spec['encryptedData'], 'spec.encryptedData', fail);
  const legacy = spec['data'] ?? undefined;
  if (legacy !== undefined && typeof legacy !== 'string')
    throw fail('spec.data is not a text', 'seal it anew, which gives spec.encryptedData');
  if (legacy !== undefined && encrypted.size > 0)
    throw fail('spec.data and spec.encryptedData are both there', 'leave out spec.data, which is outdated');
  if (encrypted.size > maxKeys)
    throw fail(`spec.encryptedData has more than ${maxKeys} keys`, 'divide it into several SealedSecrets');
  return { place, encrypted, template: readTemplate(spec['template'], fail), ...(legacy ? { legacy } : {}) };
}

type Fail = (problem: string, hint: string) => SecretError;

function failing(object: string): Fail {
  return (problem, hint) => new SecretError('secret-invalid', `${object}: ${problem}`, { object, hint });
}

function readTemplate(template: Json | undefined, fail: Fail): SealedTemplate {
  const given = readObject(template, 'spec.template', fail);
  const metadata = readObject(given['metadata'], 'spec.template.metadata', fail);
  const { type, immutable } = given;
  if (type !== undefined && type !== null && typeof type !== 'string')
    throw fail('spec.template.type is not a text', 'put it in quotes');
  if (immutable !== undefined && immutable !== null && typeof immutable !== 'boolean')
    throw fail('spec.template.immutable is neither true nor false', 'write it without quotes');
  return {
    ...(type ? { type } : {}),
    ...(typeof immutable === 'boolean' ? { immutable } : {}),
    labels: toMap(readTexts(metadata['labels'], 'spec.template.metadata.labels', fail)),
    annotations: toMap(readTexts(metadata['annotations'], 'spec.template.metadata.annotations', fail)),
    finalizers: readList(jsonAt(metadata, 'finalizers'), fail),
    data: readTexts(given['data'], 'spec.template.data', fail),
  };
}

function readObject(value: Json | undefined, field: string, fail: Fail): JsonObject {
  if (value === undefined || value === null) return {};
  if (isJsonObject(value)) return value;
  throw fail(`${field} is not a mapping`, 'correct it, or seal the Secret anew');
}

function readTexts(value: Json | undefined, field: string, fail: Fail): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [key, text] of Object.entries(readObject(value, field, fail))) {
    if (typeof text !== 'string') throw fail(`${field}[${JSON.stringify(key)}] is not a text`, 'put it in quotes');
    texts.set(key, text);
  }
  return texts;
}

function readList(value: Json | undefined, fail: Fail): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw fail('spec.template.metadata.finalizers is not a list of texts', 'correct it');
}

function toMap(texts: ReadonlyMap<string, string>): StringMap {
  return Object.fromEntries(texts);
}
