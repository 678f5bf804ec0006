import { attempt } from '../../apply/attempt.ts';
import { type Answered, asSecretError, type Due, type Gathered } from './gather-answers.ts';

export type IssuedAnswers = {
  readonly issued: readonly Answered[];
  /** ISO 8601: when half of the shortest life is over; absent: nothing ends. */
  readonly until?: string;
};

/** Asks for all that is to be issued, unless something else failed already: then it would be for nothing. */
export async function issueAll({ answered, due }: Gathered, now: Date): Promise<IssuedAnswers> {
  if (answered.some(({ answer }) => answer.state === 'failed')) {
    return { issued: due.map(({ reference }) => ({ reference, answer: { state: 'issued', values: new Map() } })) };
  }
  const all = await Promise.all(due.map(issueOne));
  const ends = all.flatMap(({ expiresAt }) => (expiresAt === undefined ? [] : [Date.parse(expiresAt)]));
  const issued = all.map(({ reference, answer }) => ({ reference, answer }));
  if (ends.length === 0) return { issued };
  const half = now.getTime() + (Math.min(...ends) - now.getTime()) / 2;
  return { issued, until: new Date(half).toISOString() };
}

async function issueOne({ reference, issue }: Due): Promise<Answered & { readonly expiresAt?: string }> {
  const asked = await attempt(issue());
  if (asked.ok) return { reference, ...asked.value };
  return { reference, answer: { state: 'failed', error: asSecretError(asked.error) } };
}
