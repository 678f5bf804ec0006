import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { decodeBase64 } from '../strict-base64.ts';
import { formatOfPayload, type PayloadFormat } from './payload-format.ts';

/** The annotation that has a manifest decrypted although its MAC is not right. */
export const ignoreMacAnnotation = 'plumbline.dev/sops-ignore-mac';

/** True when a manifest is encrypted by SOPS, or is a Secret that holds an encrypted file. */
export function isSopsManifest(manifest: Manifest): boolean {
  return isEncryptedManifest(manifest) || payloadsOf(manifest).length > 0;
}

/** True when the manifest itself was encrypted. No Secret has a field of that name otherwise. */
export function isEncryptedManifest({ apiVersion, kind, sops }: Manifest): boolean {
  if (!isJsonObject(sops)) return false;
  return typeof sops['mac'] === 'string' || (apiVersion === 'v1' && kind === 'Secret');
}

/** An encrypted file that a Secret holds. */
export type Payload = {
  readonly field: 'data' | 'stringData';
  readonly key: string;
  readonly text: string;
  readonly format: PayloadFormat;
};

/** The encrypted files in `data` and `stringData` of a Secret. */
export function payloadsOf(manifest: Manifest): readonly Payload[] {
  if (manifest.kind !== 'Secret' || manifest.apiVersion !== 'v1') return [];
  return (['data', 'stringData'] as const).flatMap((field) => {
    const map = manifest[field];
    return isJsonObject(map) ? payloadsIn(map, field) : [];
  });
}

function payloadsIn(map: JsonObject, field: Payload['field']): readonly Payload[] {
  return Object.entries(map).flatMap(([key, value]) => {
    if (typeof value !== 'string') return [];
    const bytes = field === 'data' ? decodeBase64(value) : undefined;
    const text = field === 'data' ? Buffer.from(bytes ?? []).toString('utf8') : value;
    const format = formatOfPayload(text, key);
    return format === undefined ? [] : [{ field, key, text, format }];
  });
}
