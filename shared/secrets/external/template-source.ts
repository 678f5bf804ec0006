import type { Json, JsonObject } from '../../model/json.ts';
import { revealSecret, SecretValue } from '../../model/secret-value.ts';

/** A ConfigMap or Secret that templates are taken from: as it is rendered, or as the cluster has it. */
export type Source = {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly data: JsonObject;
  readonly stringData: JsonObject;
};

/** The bytes of each key. */
export function templateSource({ kind, data, stringData }: Source): ReadonlyMap<string, Uint8Array> {
  const decoded = Object.entries(data).map(([key, value]) => [key, bytesOf(value, kind === 'Secret')] as const);
  const plain = Object.entries(stringData).map(([key, value]) => [key, bytesOf(value, false)] as const);
  return new Map([...decoded, ...plain]);
}

function bytesOf(value: Json | undefined, isBase64: boolean): Uint8Array {
  if (value instanceof SecretValue) return revealSecret(value);
  return Buffer.from(typeof value === 'string' ? value : '', isBase64 ? 'base64' : 'utf8');
}
