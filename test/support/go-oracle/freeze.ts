import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { provideGoOracle } from './provision.ts';
import {
  readTemplateCases,
  type TemplateCase,
  type TemplateCases,
  templateCasesFile,
  toTemplateData,
} from './template-cases.ts';

// Makes test/fixtures/templates/cases.json anew: every template of the table is rendered by Go's text/template with sprig, and the
// result is written beside it. To add a case, add a line with its template, then run
//   node cli/enter.mjs test/support/go-oracle/freeze.ts

type Answer = { readonly result: string | null; readonly failed: boolean };

function askOracle(oracle: string, table: TemplateCases): readonly Answer[] {
  const data = Object.fromEntries(
    [...toTemplateData(table)].map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')]),
  );
  const input = table.cases.map(({ template, flavour }) => `${JSON.stringify({ template, flavour, data })}\n`).join('');
  const { stdout } = spawnSync(oracle, { input, maxBuffer: 2 ** 28, env: { TZ: 'UTC' } });
  const lines = stdout.toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

function toCase({ template, flavour }: TemplateCase, { result, failed }: Answer): TemplateCase {
  const asked = flavour === undefined ? { template } : { template, flavour };
  if (failed) return { ...asked, failed: true };
  const bytes = Buffer.from(result ?? '', 'base64');
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? { ...asked, result: text } : { ...asked, bytes: bytes.toString('base64') };
}

function formatTable({ data, binary, cases }: TemplateCases): string {
  const lines = cases.map((one) => `    ${JSON.stringify(one)}`);
  return `{\n  "data": ${JSON.stringify(data)},\n  "binary": ${JSON.stringify(binary)},\n  "cases": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

const table = readTemplateCases();
const answers = askOracle(await provideGoOracle(), table);
const cases = table.cases.map((one, index) => toCase(one, answers[index] ?? { result: null, failed: true }));
writeFileSync(templateCasesFile, formatTable({ ...table, cases }));
