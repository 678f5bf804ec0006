import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { environments } from './environment.ts';
import type { Stage } from './stage.ts';
import type { Check } from './step.ts';
import { valuesIn } from './wanted-secrets.ts';

/** What a search has looked through, and where it found something. */
export type Searched = { readonly files: number; readonly bytes: number; readonly hits: readonly string[] };

/** Looks for values, however they are written, in every file below a folder; what is compressed with gzip is unpacked. */
export async function searchFolder(folder: string, values: readonly string[]): Promise<Searched> {
  const needles = [...new Set(values.flatMap(spellings))].map((text) => Buffer.from(text));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const hits: string[] = [];
  let files = 0;
  let bytes = 0;
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    // plumb serve goes on meanwhile, and what it takes away holds nothing.
    const raw = await readFile(path).catch(() => Buffer.alloc(0));
    const content = entry.name.endsWith('.gz') && raw.length > 0 ? gunzipSync(raw) : raw;
    files += 1;
    bytes += content.length;
    if (needles.some((needle) => content.includes(needle))) hits.push(path);
  }
  return { files, bytes, hits };
}

/** A value as it is, in base64 wherever in a text it stands, in hexadecimal, in a URL, in JSON, and backwards. */
function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const shifted = [0, 1, 2].flatMap((shift) => [encodeAt(bytes, shift, 'base64'), encodeAt(bytes, shift, 'base64url')]);
  const hex = bytes.toString('hex');
  const reversed = [...value].reverse().join('');
  return [
    value,
    ...shifted,
    hex,
    hex.toUpperCase(),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    reversed,
  ];
}

/** The characters of a base64 text that depend on nothing but bytes which stand there after `shift` others. */
function encodeAt(bytes: Buffer, shift: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString(encoding)
    .replaceAll('=', '');
  const isWhole = (shift + bytes.length) % 3 === 0;
  return text.slice([0, 2, 3][shift], isWhole ? undefined : -1);
}

/** Searches all that Plumbline has written for every value that there was; the same search finds what must be there. */
export async function checkNothingLeaked({ folder, secrets, wantedOf }: Stage): Promise<Check> {
  const wanted = [];
  for (const environment of environments) wanted.push(...(await wantedOf(environment)));
  const values = [...new Set([...secrets.everyValue(), ...valuesIn(wanted)])];
  const { files, bytes, hits } = await searchFolder(folder, values);
  const control = await searchFolder(
    folder,
    environments.map(({ application }) => application),
  );
  return {
    what: 'nothing that Plumbline wrote or printed has a value in it: store, cache, scratch, logs',
    ok: values.length >= 4 * environments.length && hits.length === 0 && control.hits.length > 0,
    detail: [
      `${values.length} values, each in ${spellings('value').length} spellings, searched for in ${files} files, ${(bytes / 1e6).toFixed(1)} MB`,
      ...hits.map((hit) => `found in ${hit}`),
    ].join('\n'),
  };
}
