import type { Outcome } from '../../../shared/adapters/aws/attempt.ts';
import { type ServiceSubject, serviceErrorOf } from '../../../shared/adapters/aws/service-error.ts';
import { NotChecked } from '../check-result.ts';

/** What AWS answered; an error that says why it did not. Who lacks the right learns nothing, and nothing is wrong with that. */
export function expectAnswer<Value>(outcome: Outcome<Value>, subject: Omit<ServiceSubject, 'code' | 'tried'>): Value {
  if (outcome.ok) return outcome.value;
  const { failure } = outcome;
  if (failure.kind === 'denied') throw new NotChecked(failure.action);
  throw serviceErrorOf(failure, { code: 'store-unusable', tried: 'look at it', ...subject });
}
