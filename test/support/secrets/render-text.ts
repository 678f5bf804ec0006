import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { SecretError } from '../../../shared/errors.ts';
import { renderTemplate } from '../../../shared/secrets/template/render-template.ts';

/** What a test's template sees. */
export type Values = { readonly [key: string]: string | Uint8Array };

/** A template of External Secrets, rendered as bytes. */
export function renderBytes(text: string, values: Values = {}): Buffer {
  const data = new Map(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)] as const));
  const now = new Date(1_700_000_000_000);
  const request = { name: 'app.yaml', text, data, missingKey: 'error', flavour: 'external-secrets', now } as const;
  return Buffer.from(renderTemplate({ ...request, randomBytes }));
}

/** A template of External Secrets, rendered as text. */
export function renderText(text: string, values: Values = {}): string {
  return renderBytes(text, values).toString();
}

/** The SecretError that a template ends with. */
export function errorOf(text: string, values: Values = {}): SecretError {
  try {
    renderBytes(text, values);
  } catch (error) {
    if (error instanceof SecretError) return error;
    throw new Error('The template fails with something else than a SecretError', { cause: error });
  }
  throw new Error(`This template does not fail: ${text}`);
}

/** Everything that can be seen of an error. */
export function everythingOf(error: unknown): string {
  return inspect(error, { depth: Infinity, showHidden: true, getters: true });
}
