import { isJsonObject, type Json } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { revealSecret, SecretValue } from '../../model/secret-value.ts';

/**
 * The JSON of a manifest as it is sent to an API server, its secret values opened: in base64 where the kind wants that, else as text.
 * This is the one place where resolved values leave.
 */
export function encodeManifest(manifest: Manifest): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(manifest).map(([field, value]) => [field, openAll(value, isBinary(manifest, field))]),
    ),
  );
}

/** True when a secret value stands anywhere in the manifest. */
export function holdsSecrets(value: Json | undefined): boolean {
  if (value instanceof SecretValue) return true;
  if (Array.isArray(value)) return value.some(holdsSecrets);
  return isJsonObject(value) && Object.values(value).some(holdsSecrets);
}

function isBinary({ apiVersion, kind }: Manifest, field: string): boolean {
  if (apiVersion !== 'v1') return false;
  return (kind === 'Secret' && field === 'data') || (kind === 'ConfigMap' && field === 'binaryData');
}

function openAll(value: Json | undefined, isBase64: boolean): Json | undefined {
  if (value instanceof SecretValue) return Buffer.from(revealSecret(value)).toString(isBase64 ? 'base64' : 'utf8');
  if (Array.isArray(value)) return value.map((item: Json) => openAll(item, isBase64) ?? null);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, openAll(member, isBase64)]));
}
