import { randomBytes } from 'node:crypto';
import { renderTemplate, type TemplateFlavour } from '../../../shared/secrets/template/render-template.ts';
import { readTemplateCases, type TemplateCase, toTemplateData } from '../go-oracle/template-cases.ts';

/** A result as bytes in base64, so that it compares to the table; `failed` where the template fails. */
export type Rendered = string | 'failed';

const table = readTemplateCases();
const data = toTemplateData(table);

/** Keys, certificates and slow hashes: too slow for a quick check. */
const slow = /\b(?:gen[A-Z]|buildCustomCert|derivePassword|bcrypt|htpasswd)/;

/** The table's quick cases. */
export const quickCases: readonly TemplateCase[] = table.cases.filter(({ template }) => !slow.test(template));

/** The table's slow cases. */
export const slowCases: readonly TemplateCase[] = table.cases.filter(({ template }) => slow.test(template));

/** Every template of the table. */
export const allTemplates: readonly string[] = table.cases.map(({ template }) => template);

/** A case rendered by Plumbline. */
export function renderCase({ template, flavour }: TemplateCase): Rendered {
  try {
    return Buffer.from(renderWith(template, flavour ?? 'external-secrets')).toString('base64');
  } catch {
    return 'failed';
  }
}

function renderWith(text: string, flavour: TemplateFlavour): Uint8Array {
  const missingKey = flavour === 'sealed-secrets' ? 'default' : 'error';
  return renderTemplate({ name: 't', text, data, missingKey, flavour, now: new Date(1_700_000_000_000), randomBytes });
}

/** What Go made of a case. */
export function expectedOf({ failed, result, bytes }: TemplateCase): Rendered {
  if (failed === true) return 'failed';
  return bytes ?? Buffer.from(result ?? '').toString('base64');
}
