import { dump, parseEvents, YAMLException } from 'js-yaml';
import { InvalidManifest } from '../errors.ts';
import type { Json } from './json.ts';
import type { Manifest } from './manifest.ts';
import { constructDocuments, type YamlDocument, YamlError } from './yaml-construct.ts';
import { readManifest } from './yaml-manifest.ts';

/** Where a text comes from: its file's name, or a function that names the place of a line. */
export type YamlOrigin = string | ((line: number) => string);

/** The objects before the first failure, and the failure. */
export type ReadManifests = { readonly manifests: readonly Manifest[]; readonly failure?: InvalidManifest };

/**
 * All documents of a YAML text, as Go's sigs.k8s.io/yaml reads them.
 * A text that cannot be read, a key written twice and aliases that stand for too much are InvalidManifest, with origin and line.
 */
export function parseYamlDocuments(text: string, origin: YamlOrigin): readonly YamlDocument[] {
  try {
    return readDocuments(text);
  } catch (error) {
    throw toInvalidManifest(error, origin);
  }
}

/** The value of a YAML text of one document; null when it is empty. */
export function parseYaml(text: string, origin: YamlOrigin): Json {
  const documents = parseYamlDocuments(text, origin).filter(({ value }) => value !== null);
  const second = documents[1];
  if (second !== undefined)
    throw toInvalidManifest(new YamlError(second.line, 'one document is wanted, not several'), origin);
  return documents[0]?.value ?? null;
}

/** The Kubernetes objects of a YAML text; empty documents are left out, Lists taken apart. Anything else is InvalidManifest. */
export function parseManifests(text: string, origin: YamlOrigin): readonly Manifest[] {
  const { manifests, failure } = readManifests(text, origin);
  if (failure !== undefined) throw failure;
  return manifests;
}

/** As `parseManifests`, for a reader that has to know what was read before the failure. */
export function readManifests(text: string, origin: YamlOrigin): ReadManifests {
  try {
    return readObjects(readDocuments(text), origin);
  } catch (error) {
    const before = documentsBefore(text, lineOf(error));
    return { manifests: readObjects(before, origin).manifests, failure: toInvalidManifest(error, origin) };
  }
}

/** YAML as kubectl prints it: sorted keys, block style, no folded lines; members that are undefined are left out. */
export function formatYaml(value: Json): string {
  return dump(value, {
    sortKeys: true,
    lineWidth: -1,
    noRefs: true,
    seqNoIndent: true,
    skipInvalid: true,
    quoteStyle: 'double',
  });
}

function readObjects(documents: readonly YamlDocument[], origin: YamlOrigin): ReadManifests {
  const manifests: Manifest[] = [];
  const written = documents.filter(({ value }) => value !== null);
  for (const [index, { value, line }] of written.entries()) {
    const read = readManifest(value);
    if ('reason' in read) {
      const place = written.length === 1 ? '' : `document ${index + 1} of ${written.length}: `;
      return { manifests, failure: toInvalidManifest(new YamlError(line, place + read.reason), origin) };
    }
    manifests.push(...read.manifests);
  }
  return { manifests };
}

/** Characters that all attempts to mend one text may read; bounds the time that a hostile text can take. */
const mendingBudget = 10_000_000;

/**
 * Go accepts quoted text and flow collections that go on further left than YAML allows; the parser names each such line,
 * and there, indentation means nothing, so that line is moved to the right.
 */
function readDocuments(text: string): readonly YamlDocument[] {
  let mended = text;
  for (let read = 0; ; read += mended.length) {
    try {
      return constructDocuments(mended, parseEvents(mended, {}));
    } catch (error) {
      const better = read < mendingBudget ? mend(mended, error) : undefined;
      if (better === undefined) throw error;
      mended = better;
    }
  }
}

const indentation = ' '.repeat(256);

function mend(text: string, error: unknown): string | undefined {
  if (!(error instanceof YAMLException) || error.reason !== 'deficient indentation' || error.mark === undefined)
    return undefined;
  const start = text.lastIndexOf('\n', error.mark.position - 1) + 1;
  if (text.startsWith(indentation, start) || /^(?:---|\.\.\.)/.test(text.slice(start, start + 3))) return undefined;
  return `${text.slice(0, start)}${indentation}${text.slice(start)}`;
}

function documentsBefore(text: string, line: number): readonly YamlDocument[] {
  const lines = text.split('\n').slice(0, line - 1);
  const separator = lines.findLastIndex((written) => written.startsWith('---'));
  if (separator <= 0) return [];
  try {
    return readDocuments(lines.slice(0, separator).join('\n'));
  } catch {
    return [];
  }
}

function lineOf(error: unknown): number {
  if (error instanceof YAMLException) return (error.mark?.line ?? 0) + 1;
  return error instanceof YamlError ? error.line : 1;
}

function toInvalidManifest(error: unknown, origin: YamlOrigin): InvalidManifest {
  const line = lineOf(error);
  const place = typeof origin === 'string' ? `${origin}:${line}` : origin(line);
  const reason = error instanceof YAMLException ? error.reason : (error as Error).message;
  return new InvalidManifest('manifest-invalid', `${place}: ${reason}`, {
    object: place,
    hint: 'correct it at that line',
    cause: error,
  });
}
