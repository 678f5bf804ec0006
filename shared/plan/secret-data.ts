import { isJsonObject, type JsonObject } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';

/** True for a Secret of the core group. */
export function isSecret({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): boolean {
  return apiVersion === 'v1' && kind === 'Secret';
}

/**
 * A Secret with its `stringData` written into `data`, in base64, as the API server will do; other objects as they are.
 * `stringData` wins, and is write-only: left as it is, it would differ from the live object for ever.
 */
export function foldStringData(manifest: Manifest): Manifest {
  const { stringData, data, ...rest } = manifest;
  if (!isSecret(manifest) || !isJsonObject(stringData)) return manifest;
  const folded = Object.entries(stringData).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, toBase64(value)] as const] : [],
  );
  const merged: JsonObject = { ...(isJsonObject(data) ? data : {}), ...Object.fromEntries(folded) };
  return { ...rest, data: merged };
}

/** The keys of a Secret's `stringData` whose value is not a string, so that they cannot be written. */
export function unquotedKeys(manifest: Manifest): readonly string[] {
  const { stringData } = manifest;
  if (!isSecret(manifest) || !isJsonObject(stringData)) return [];
  return Object.keys(stringData).filter((key) => typeof stringData[key] !== 'string');
}

function toBase64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
