import type { Reporter } from '../shared/ports.ts';
import { formatElapsed } from './duration.ts';
import type { Progress } from './setup/progress.ts';

/** Tells of long set-up steps where everything else is told. */
export function toolProgress(reporter: Reporter): Progress {
  const note = (message: string): void => reporter.report({ type: 'notice', level: 'info', message });
  return {
    note,
    run: async ({ title, seconds }, work) => {
      note(`${title}: takes about ${formatElapsed(seconds * 1000)}, once`);
      return await work(() => {});
    },
  };
}
