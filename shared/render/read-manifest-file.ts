import { InvalidManifest, messageOf } from '../errors.ts';
import type { Json } from '../model/json.ts';
import { parseManifests, readManifests } from '../model/yaml.ts';
import type { RenderedPart } from './render-request.ts';

const skipMarker = '+argocd:skip-file-rendering';
const nothing: RenderedPart = { manifests: [], warnings: [] };

/**
 * The objects of one file, YAML or JSON by its name, in UTF-8 or UTF-16.
 * What is no manifest is skipped with a warning; what looks like one, or starts like one, and cannot be read is InvalidManifest.
 */
export function readManifestFile(path: string, content: Uint8Array): RenderedPart {
  const text = decodeText(content);
  if (text === undefined) return { manifests: [], warnings: [`${path} is skipped: it is not text`] };
  if (text.includes(skipMarker)) return nothing;
  if (path.endsWith('.json')) return { manifests: parseManifests(checkJson(path, text), path), warnings: [] };
  const { manifests, failure } = readManifests(text, path);
  if (failure === undefined) return { manifests, warnings: [] };
  if (manifests.length > 0 || looksLikeManifest(text)) throw failure;
  return { manifests: [], warnings: [`${path} is skipped, because it is no manifest: ${failure.message}`] };
}

/** Undefined where the bytes are not text. */
function decodeText(content: Uint8Array): string | undefined {
  const [first, second] = content;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

/** JSON text that holds one value, in the form that keeps what YAML would read differently apart: nothing but JSON. */
function checkJson(path: string, text: string): string {
  try {
    JSON.parse(text) satisfies Json;
    return text.replaceAll('\t', ' ');
  } catch (cause) {
    throw new InvalidManifest('manifest-invalid', `${path}: it is not valid JSON${placeIn(messageOf(cause))}`, {
      object: path,
      hint: 'a .json file holds exactly one JSON object',
    });
  }
}

/** Only where: the parser's message may quote a secret value. */
function placeIn(message: string): string {
  const place = /line \d+ column \d+|position \d+/.exec(message)?.[0];
  return place === undefined ? '' : ` (${place})`;
}

function looksLikeManifest(text: string): boolean {
  return ['apiVersion:', 'kind:', 'metadata:'].every((field) => text.includes(field));
}
