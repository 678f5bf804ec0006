import type { Session } from '../session.ts';
import type { Steering } from './steering.ts';

/** Says who does the work, before there is anything of it to be seen. */
export function tellAsked(
  { progress }: Pick<Session, 'progress'>,
  { installation }: Pick<Steering, 'installation'>,
): void {
  const message = `asked installation ${installation.id} for it; to interrupt this ends the watching alone`;
  progress.report({ type: 'notice', level: 'info', message });
}
