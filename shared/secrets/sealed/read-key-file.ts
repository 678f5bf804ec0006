import { SecretError } from '../../errors.ts';
import { isJsonObject, type Json, type JsonObject, jsonAt } from '../../model/json.ts';
import { parseYamlDocuments } from '../../model/yaml.ts';
import { decodeBase64 } from '../strict-base64.ts';

const activeLabel = 'sealedsecrets.bitnami.com/sealed-secrets-key';

/** PEM of one file, or of one Secret in it. */
export type KeyText = { readonly file: string; readonly text: string; readonly isRetired: boolean };

/** The PEM texts of a key file: the file itself, or what its Secrets hold. Errors name the file alone. */
export function readKeyFile(file: string, text: string): readonly KeyText[] {
  if (/^\s*-----BEGIN /.test(text)) return [{ file, text, isRetired: false }];
  const secrets = readValues(file, text).flatMap(secretsOf);
  if (secrets.length === 0) throw unusable(file, 'it holds neither PEM nor a Secret');
  return secrets.map((secret) => ({ file, text: pemOf(file, secret), isRetired: isRetired(secret) }));
}

function readValues(file: string, text: string): readonly Json[] {
  try {
    return parseYamlDocuments(text, file).map(({ value }) => value);
  } catch {
    throw unusable(file, 'it is neither PEM nor YAML or JSON');
  }
}

function secretsOf(value: Json): readonly JsonObject[] {
  if (!isJsonObject(value)) return [];
  const { items } = value;
  if (Array.isArray(items)) return items.flatMap(secretsOf);
  return value['kind'] === 'Secret' ? [value] : [];
}

function pemOf(file: string, secret: JsonObject): string {
  const texts = ['tls.crt', 'tls.key'].map((key) => {
    const plain = jsonAt(secret, 'stringData', key);
    if (typeof plain === 'string') return plain;
    const encoded = jsonAt(secret, 'data', key);
    const bytes = typeof encoded === 'string' ? decodeBase64(encoded) : undefined;
    if (bytes === undefined) throw unusable(file, `a Secret in it has no usable ${key}`);
    return Buffer.from(bytes).toString('utf8');
  });
  return texts.join('\n');
}

function isRetired(secret: JsonObject): boolean {
  const label = jsonAt(secret, 'metadata', 'labels', activeLabel);
  return label !== undefined && label !== 'active';
}

function unusable(file: string, problem: string): SecretError {
  return new SecretError('secret-invalid', `Sealing key file ${file}: ${problem}`, {
    object: file,
    hint: 'it should hold PEM, a Secret of type kubernetes.io/tls, or a List of such Secrets',
  });
}
