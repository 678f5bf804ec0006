import { SecretError } from '../../errors.ts';
import { formatStore } from '../../model/secret-store.ts';
import { extractedBytes, jsonObjectEntries } from '../json/json-tree.ts';
import { decodeValue } from './decode.ts';
import type { Known } from './evaluation.ts';
import type { DataFrom, Decoding, ExternalSecret, NullBytes, RemoteRef, Row } from './external-secret.ts';
import { type Generated, generatedOnce } from './generated.ts';
import { convertKeys, validateKeys } from './keys.ts';
import { withPlace } from './problems.ts';
import {
  answerTo,
  existingValue,
  isMissing,
  opened,
  type Reader,
  readFound,
  readValue,
  unexpected,
} from './read-answer.ts';
import { type Reference, readReference, referenceOfEntry } from './references.ts';
import { rewriteValues } from './rewrite.ts';
import type { Values } from './values.ts';

/** What all rows came to. `missing`: rows that the deletion policy lets pass; `kept`: keys taken over from the Secret in the cluster. */
export type ProviderData = {
  readonly values: Values;
  readonly kept: ReadonlySet<string>;
  readonly missing: readonly string[];
  readonly problems: readonly SecretError[];
};

type Job = Reader & { readonly es: ExternalSecret };

type Source = { readonly place: () => string; readonly store: string; readonly read: () => Generated };

/** Reads all of dataFrom and then all of data, later ones over earlier ones, and goes on after a failure so that each is reported. */
export function readProviderData(es: ExternalSecret, known: Known): ProviderData {
  const reader: Job = { es, known, opened: new Map() };
  const values = new Map<string, Uint8Array>();
  const kept = new Set<string>();
  const missing: string[] = [];
  const problems: SecretError[] = [];
  for (const { place, store, read } of sourcesOf(reader)) {
    try {
      const came = read();
      for (const [key, value] of came.values) {
        values.set(key, value);
        if (came.kept.has(key)) kept.add(key);
        else kept.delete(key);
      }
    } catch (error) {
      const problem = withPlace(place(), error, store);
      if (isMissing(error) && es.target.deletionPolicy !== 'Retain') missing.push(problem.message);
      else problems.push(problem);
    }
  }
  return { values, kept, missing, problems };
}

function* sourcesOf(reader: Job): Generator<Source> {
  for (const [index, entry] of reader.es.dataFrom.entries())
    yield { place: () => placeOfEntry(entry, index), store: askedOf(entry), read: () => readEntry(reader, entry) };
  for (const [index, row] of reader.es.data.entries())
    yield { place: () => placeOfRow(row, index), store: formatStore(row.store), read: () => readRow(reader, row) };
}

/** Whom an entry asks, as its errors name it. */
function askedOf(entry: DataFrom): string {
  return entry.type === 'generate' ? `${entry.generator.kind} ${entry.generator.name}` : formatStore(entry.store);
}

function placeOfEntry(entry: DataFrom, index: number): string {
  const field = `spec.dataFrom[${index}]`;
  if (entry.type === 'generate') return `${field} (${askedOf(entry)})`;
  const what = entry.type === 'find' ? 'find' : placeOfRemote(entry.remote);
  return `${field} (${what}, ${askedOf(entry)})`;
}

function placeOfRow({ secretKey, remote, store }: Row, index: number): string {
  return `spec.data[${index}] (${secretKey}: ${placeOfRemote(remote)}, ${formatStore(store)})`;
}

function placeOfRemote({ key, property, version }: RemoteRef): string {
  const more = [
    property === undefined ? '' : `, property ${property}`,
    version === undefined ? '' : `, version ${version}`,
  ];
  return `key ${key}${more.join('')}`;
}

const nothingKept: ReadonlySet<string> = new Set();

function readRow(reader: Reader, { secretKey, store, remote }: Row): Generated {
  const value = finish(readValue(reader, readReference(store, remote), remote.property), remote);
  return { values: new Map([[secretKey, value]]), kept: nothingKept };
}

function readEntry(reader: Job, entry: DataFrom): Generated {
  const reference = referenceOfEntry(entry);
  if (entry.type === 'generate') return readGenerator(reader, reference, entry);
  const came = entry.type === 'find' ? readFound(reader, reference) : readExtract(reader, reference, entry.remote);
  const rewritten = rewriteValues(entry.rewrite, came, reader.known);
  const how = entry.type === 'find' ? entry : entry.remote;
  const valid = validateKeys(entry.rewrite.length === 0 ? convertKeys(how.conversion, rewritten) : rewritten);
  return { values: new Map([...valid].map(([key, value]) => [key, finish(value, how)])), kept: nothingKept };
}

function finish(value: Uint8Array, how: { readonly decoding: Decoding; readonly nullBytes: NullBytes }): Uint8Array {
  const decoded = decodeValue(how.decoding, value);
  if (how.nullBytes === 'Ignore' || !decoded.includes(0)) return decoded;
  throw new SecretError('secret-invalid', 'the value has NUL bytes, which nullBytePolicy: Fail forbids', {
    hint: 'correct it at the provider, or set nullBytePolicy: Ignore',
  });
}

function readGenerator(reader: Job, reference: Reference, entry: DataFrom): Generated {
  const answer = answerTo(reader, reference);
  if (answer.state === 'make-once') {
    const { es, known } = reader;
    return generatedOnce({ es, known, spec: answer.spec, rewrite: entry.rewrite, existing: existingValue(known) });
  }
  if (answer.state !== 'issued') throw unexpected();
  return { values: validateKeys(rewriteValues(entry.rewrite, opened(answer.values), reader.known)), kept: nothingKept };
}

function readExtract(reader: Reader, reference: Reference, remote: RemoteRef): Values {
  const entries = jsonObjectEntries(readValue(reader, reference, remote.property));
  if (entries === undefined) {
    throw new SecretError('secret-invalid', 'the value is not a JSON object', {
      hint: 'extract takes JSON objects only; take a single value with spec.data',
    });
  }
  return new Map(
    [...entries].map(([key, tree]) => [Buffer.from(key, 'latin1').toString('utf8'), extractedBytes(tree)]),
  );
}
