import { SecretError } from '../../errors.ts';
import { type ExternalSecret, nameOfExternalSecret } from './external-secret.ts';

const mostLines = 20;
const mostHints = 3;

/** One error for all that is wrong with an ExternalSecret: the ways out are those of the first few, and it may be retried only if each may. */
export function combineProblems(es: ExternalSecret, problems: readonly SecretError[]): SecretError {
  const object = nameOfExternalSecret(es);
  const lasting = problems.find(({ retryable }) => !retryable);
  const hint = hintOf(lasting === undefined ? problems : problems.filter(({ retryable }) => !retryable));
  const shown = problems.slice(0, mostLines).map(({ message }) => message);
  const more = problems.length > mostLines ? [`and ${problems.length - mostLines} more`] : [];
  const lines = [...shown, ...more];
  const list = lines.length === 1 ? ` ${lines[0]}` : lines.map((line) => `\n  ${line}`).join('');
  return new SecretError((lasting ?? problems[0])?.code ?? 'secret-invalid', `${object}:${list}`, {
    object,
    retryable: lasting === undefined,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The ways out, each once, in the order of what they are for. */
function hintOf(problems: readonly SecretError[]): string | undefined {
  const hints = new Set(problems.flatMap(({ hint }) => (hint === undefined ? [] : [hint])));
  return hints.size === 0 ? undefined : [...hints].slice(0, mostHints).join('\n  ');
}

/** A SecretError as it is, with a place in front; of anything else nothing is told. `named` is what the place names already: it is not said twice. */
export function withPlace(place: string, error: unknown, named = ''): SecretError {
  if (!(error instanceof SecretError))
    return new SecretError('secret-invalid', `${place}: it failed in a way that is not known`, {
      hint: 'report it with the manifest',
    });
  const { code, message, hint, retryable } = error;
  const said = named !== '' && message.startsWith(`${named}: `) ? message.slice(named.length + 2) : message;
  return new SecretError(code, `${place}: ${said}`, { retryable, ...(hint === undefined ? {} : { hint }) });
}
