import { formatData } from '../output/write-data.ts';
import { exitCodes, type Session } from '../session.ts';
import type { Told } from './ask-and-watch.ts';

export type Ending = {
  /** What an interruption leaves. */
  readonly goesOn: string;
  /** True: programs get the one record there is, and no list. */
  readonly isOne?: true;
};

/** Prints for programs what there is of each application, and gives the exit code of the whole. */
export async function endWatching(session: Session, told: readonly Told[], { goesOn, isOne }: Ending): Promise<number> {
  const { progress, options, shell } = session;
  progress.close();
  const records = told.flatMap(({ record }) => record ?? []);
  const data = isOne === true ? records[0] : records;
  if (options.output !== 'table' && data !== undefined) shell.writeOut(await formatData(data, options.output));
  if (shell.interruption().aborted) return endInterrupted(session, goesOn);
  return Math.max(...told.map(({ exitCode }) => exitCode));
}

/** Says that what was asked for goes on, and gives the exit code for that. */
export function endInterrupted({ shell }: Pick<Session, 'shell'>, goesOn: string): number {
  shell.writeErr(`interrupted: no longer watched; ${goesOn}\n`);
  return exitCodes.interrupted;
}
