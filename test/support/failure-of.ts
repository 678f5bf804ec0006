import type { PlumbError } from '../../shared/errors.ts';

/** What a call fails with; an error when it does not fail. */
export async function failureOf(call: Promise<unknown>): Promise<PlumbError> {
  try {
    await call;
  } catch (error) {
    return error as PlumbError;
  }
  throw new Error('it did not fail');
}
