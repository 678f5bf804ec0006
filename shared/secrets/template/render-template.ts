import type { SecretError } from '../../errors.ts';
import type { MissingKey } from './evaluate/member.ts';
import type { State } from './evaluate/state.ts';
import { runStatements } from './evaluate/walk.ts';
import { Budget } from './go/budget.ts';
import { TemplateFailure } from './go/failure.ts';
import { encodeText, fromBytes, toBytes } from './go/utf8.ts';
import { toStringMap } from './go/value.ts';
import { functionsOf, type TemplateFlavour } from './library/function-table.ts';
import { readTemplate } from './read-template.ts';
import { templateError } from './template-error.ts';

export type { TemplateFlavour } from './library/function-table.ts';

/** A Go template and what it is rendered with. */
export type TemplateRequest = {
  /** How errors call the template: a key's name. */
  readonly name: string;
  readonly text: string;
  /** What `.` is, a map of Go strings. */
  readonly data: ReadonlyMap<string, Uint8Array>;
  readonly missingKey: MissingKey;
  readonly flavour: TemplateFlavour;
  readonly now: Date;
  readonly randomBytes: (length: number) => Uint8Array;
};

/**
 * Renders a template as Go's text/template does, with the functions of its flavour.
 * A failure is SecretError `secret-template` with name, line and column, and never with a value.
 */
export function renderTemplate(request: TemplateRequest): Uint8Array {
  const { name, flavour, missingKey, now, randomBytes } = request;
  const text = encodeText(request.text);
  const tree = readTemplate(name, text, flavour);
  const dot = toStringMap([...request.data].map(([key, bytes]) => [encodeText(key), fromBytes(bytes)] as const));
  const state: State = {
    templates: tree.templates,
    functions: functionsOf(flavour),
    missingKey,
    environment: { now, randomBytes, budget: new Budget() },
    output: [],
    written: 0,
    at: 0,
    variables: [{ name: '$', value: dot }],
  };
  try {
    runStatements(state, dot, tree.root);
  } catch (error) {
    throw toSecretError(error, { name, text, at: state.at });
  }
  return toBytes(state.output.join(''));
}

type Place = { readonly name: string; readonly text: string; readonly at: number };

/** Whatever is thrown, its own text stays behind unless it was written here. */
function toSecretError(error: unknown, place: Place): SecretError {
  if (error instanceof TemplateFailure) return templateError(place, error.message, error.advice);
  if (error instanceof RangeError)
    return templateError(place, 'it needs more room than there is', 'split the template');
  return templateError(place, 'it cannot be evaluated there', 'check what the function is given');
}
