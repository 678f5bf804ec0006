import { revealSecret, type SecretValue } from '../../../shared/model/secret-value.ts';

/** A token as the API server gets it. */
export function textOfValue(value: SecretValue): string {
  return Buffer.from(revealSecret(value)).toString();
}
