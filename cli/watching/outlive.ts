import { adviceOf, PlumbError } from '../../shared/errors.ts';
import type { Reporter } from '../../shared/ports.ts';

/** What a look gives; undefined, with a warning, where that may be better at the next one. */
export async function outlive<Seen>(look: () => Promise<Seen>, reporter: Reporter): Promise<Seen | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof PlumbError) || !error.retryable) throw error;
    reporter.report({ type: 'notice', level: 'warning', message: adviceOf(error) });
    return undefined;
  }
}
