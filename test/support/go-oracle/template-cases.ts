import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Go makes of a template: a text, bytes in base64, or a failure. */
export type TemplateCase = {
  readonly template: string;
  readonly flavour?: 'sealed-secrets';
  readonly result?: string;
  readonly bytes?: string;
  readonly failed?: true;
};

/** The table of results taken from real Go, and the data that its templates see. */
export type TemplateCases = {
  readonly data: { readonly [key: string]: string };
  /** In base64. */
  readonly binary: { readonly [key: string]: string };
  readonly cases: readonly TemplateCase[];
};

/** Where the table is. */
export const templateCasesFile: string = join(import.meta.dirname, '../../fixtures/templates/cases.json');

/** Reads the table. */
export function readTemplateCases(): TemplateCases {
  return JSON.parse(readFileSync(templateCasesFile, 'utf8'));
}

/** The data as bytes. */
export function toTemplateData({ data, binary }: TemplateCases): ReadonlyMap<string, Uint8Array> {
  const texts = Object.entries(data).map(([key, text]) => [key, Buffer.from(text)] as const);
  const bytes = Object.entries(binary).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const);
  return new Map([...texts, ...bytes]);
}
