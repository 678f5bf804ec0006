import { SecretError } from '../../errors.ts';
import { type ExternalSecret, nameOfExternalSecret } from './external-secret.ts';

const mostLines = 20;

/** One error for all that is wrong with an ExternalSecret: the way out is that of the first, and it may be retried only if each may. */
export function combineProblems(es: ExternalSecret, problems: readonly SecretError[]): SecretError {
  const object = nameOfExternalSecret(es);
  const lasting = problems.find(({ retryable }) => !retryable);
  const hint = (lasting ?? problems[0])?.hint;
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

/** A SecretError as it is, with a place in front; of anything else nothing is told. */
export function withPlace(place: string, error: unknown): SecretError {
  if (!(error instanceof SecretError))
    return new SecretError('secret-invalid', `${place}: it failed in a way that is not known`, {
      hint: 'report it with the manifest',
    });
  const { code, message, hint, retryable } = error;
  return new SecretError(code, `${place}: ${message}`, { retryable, ...(hint === undefined ? {} : { hint }) });
}
