import { messageOf, PlumbError } from '../../shared/errors.ts';
import type { Colours } from './colours.ts';

/** What a program gets on stderr with `-o json`: one line. */
export type FailureRecord = {
  readonly level: 'error';
  readonly code: string;
  readonly message: string;
  readonly object?: string;
  readonly hint?: string;
  readonly causes: readonly string[];
};

type FailureStyle = {
  readonly colours: Colours;
  readonly verbose: boolean;
  /** Whose failure it is, where that is not plain. */
  readonly application?: string | undefined;
};

/** An error for a person: what failed, why, and what to do. With `verbose` also where in the code. */
export function formatFailure(error: unknown, style: FailureStyle): string {
  const { colours, verbose, application } = style;
  const { message, causes, hint } = toRecord(error);
  const owner = application === undefined || isNamedIn(message, application) ? '' : `${application}: `;
  const lines = [
    `${colours.red(colours.bold('Error:'))} ${owner}${indent(message)}`,
    ...causes.map((cause) => `  ${colours.dim('cause:')} ${indent(cause)}`),
    ...(hint === undefined ? [] : [`  ${colours.cyan('try:')} ${hint}`]),
    ...(verbose && error instanceof Error ? [colours.dim(withoutCredentials(error.stack ?? ''))] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function isNamedIn(message: string, application: string): boolean {
  return message.startsWith(`${application}:`) || message.startsWith(`${application} `);
}

/** An error for a program. */
export function toRecord(error: unknown): FailureRecord {
  const known = error instanceof PlumbError ? error : undefined;
  const hint =
    known === undefined ? 'Plumbline did not expect this; run it again with -v to see where it came from' : known.hint;
  return {
    level: 'error',
    code: known?.code ?? 'unexpected',
    message: withoutCredentials(messageOf(error)),
    ...(known?.object === undefined ? {} : { object: known.object }),
    ...(hint === undefined ? {} : { hint }),
    causes: causesOf(error).map(withoutCredentials),
  };
}

/** The messages behind an error, outermost first, without those that an outer one repeats already. */
function causesOf(error: unknown): readonly string[] {
  const said = [messageOf(error)];
  const seen = new Set<unknown>([error]);
  let current = causeOf(error);
  while (current !== undefined && !seen.has(current)) {
    seen.add(current);
    const message = messageOf(current);
    if (message !== '' && !said.some((earlier) => earlier.includes(message))) said.push(message);
    current = causeOf(current);
  }
  return said.slice(1);
}

function causeOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0];
  return error instanceof Error ? error.cause : undefined;
}

/** The last fence: no adapter lets a credential into a message, and none may pass here if one did. */
function withoutCredentials(text: string): string {
  return text.replaceAll(/(https?:\/\/)[^/\s@]+@/g, '$1');
}

function indent(message: string): string {
  return message.trimEnd().replaceAll('\n', '\n  ');
}
