import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SecretError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { HostCredential } from '../../ports.ts';

/** What a secret says of how to be let in at a Git host. */
export type GitSecret =
  | { readonly type: 'password'; readonly credential: HostCredential }
  | {
      readonly type: 'app';
      readonly apiUrl: string;
      readonly appId: string;
      readonly installationId: string;
      readonly privateKey: KeyObject;
    };

/** What hosts take for a user name beside a token; GitHub wants this one of its Apps. */
const tokenUser = 'x-access-token';
const githubApi = 'https://api.github.com';
const forms = '{"token"}, {"username", "password"} or {"appId", "installationId", "privateKey"}';

/** Reads the text of a secret. A SecretError names the secret and the field, and nothing that stands in it. */
export function parseGitSecret(text: string, secret: string): GitSecret {
  const fields: Fields = { secret, values: parseObject(text, secret) };
  if (has(fields, 'appId') || has(fields, 'privateKey')) return toApp(fields);
  if (has(fields, 'token')) {
    const username = has(fields, 'username') ? textOf(fields, 'username') : tokenUser;
    return { type: 'password', credential: { username, password: textOf(fields, 'token') } };
  }
  if (!has(fields, 'username') && !has(fields, 'password')) throw invalid(fields, 'token', 'is missing');
  return {
    type: 'password',
    credential: { username: textOf(fields, 'username'), password: textOf(fields, 'password') },
  };
}

type Fields = { readonly secret: string; readonly values: JsonObject };

function parseObject(text: string, secret: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
  }
  if (isJsonObject(value)) return value;
  throw new SecretError('secret-invalid', `Secret ${secret}: it is no JSON object`, {
    object: secret,
    hint: `Write its text as JSON: ${forms}.`,
  });
}

function toApp(fields: Fields): GitSecret {
  const apiUrl = has(fields, 'apiUrl') ? textOf(fields, 'apiUrl') : githubApi;
  if (!URL.canParse(apiUrl) || !/^https?:$/.test(new URL(apiUrl).protocol))
    throw invalid(fields, 'apiUrl', 'is no URL such as https://github.example/api/v3');
  const [appId, installationId] = [textOf(fields, 'appId'), textOf(fields, 'installationId')];
  return { type: 'app', apiUrl, appId, installationId, privateKey: toKey(fields) };
}

function toKey(fields: Fields): KeyObject {
  const pem = textOf(fields, 'privateKey');
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // The reason may quote the key.
  }
  throw invalid(fields, 'privateKey', 'is no RSA private key in PEM, with its line breaks as \\n');
}

function has({ values }: Fields, field: string): boolean {
  return Object.hasOwn(values, field) && values[field] !== null;
}

/** Numbers are taken as they are shown; a line break at the end comes of how a secret was written. */
function textOf(fields: Fields, field: string): string {
  const value = has(fields, field) ? fields.values[field] : undefined;
  if (value === undefined) throw invalid(fields, field, 'is missing');
  const text = typeof value === 'number' ? `${value}` : value;
  if (typeof text !== 'string' || text.trim() === '') throw invalid(fields, field, 'is no text');
  return text.replace(/[\r\n]+$/, '');
}

function invalid({ secret }: Fields, field: string, why: string): SecretError {
  return new SecretError('secret-invalid', `Secret ${secret}: field "${field}" ${why}`, {
    object: secret,
    hint: `Write its text as JSON: ${forms}.`,
  });
}
