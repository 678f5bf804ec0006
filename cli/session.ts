import { type Command, InvalidArgumentError } from 'commander';
import type { Ports } from '../shared/ports.ts';
import type { GlobalOptions } from './global-options.ts';
import { type Colours, coloursFor } from './output/colours.ts';
import { createProgressView } from './output/create-progress-view.ts';
import { formatFailure, toRecord } from './output/failure.ts';
import type { ProgressView } from './output/progress-view.ts';
import { openRuntime, type Runtime } from './runtime.ts';
import type { Shell } from './shell.ts';

/** All that a command works with. Nothing is opened before it is asked for. */
export type Session = {
  readonly options: GlobalOptions;
  readonly shell: Shell;
  /** Colours of stdout. */
  readonly colours: Colours;
  readonly progress: ProgressView;
  readonly runtime: () => Runtime;
  readonly ports: () => Ports;
};

/** What a command does, with the names and flags that follow it; gives the exit code. */
export type Run<Flags> = (
  session: Session,
  asked: { readonly names: readonly string[]; readonly flags: Flags },
) => Promise<number>;

/** Turns what a command does into an action of commander. */
export type Act = <Flags>(run: Run<Flags>) => (...given: unknown[]) => Promise<void>;

/** The exit codes that scripts rely on: kubectl's and argocd's for diff, and 1 for a sync that failed. */
export const exitCodes = { ok: 0, difference: 1, failed: 1, error: 2, interrupted: 130 } as const;

/** Runs commands in this shell; `end` takes the exit code. Errors are printed here and nowhere else. */
export function createAct(shell: Shell, end: (exitCode: number) => void): Act {
  return <Flags>(run: Run<Flags>) =>
    async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      const session = openSession(shell, command.optsWithGlobals<GlobalOptions>());
      try {
        end(await run(session, { names: command.args, flags: command.opts() as Flags }));
      } catch (error) {
        reportFailure(session, error);
        end(exitCodes.error);
      } finally {
        session.progress.close();
        await session.close();
      }
    };
}

/** Prints an error as the output format wants it; `application` is named where a command works on several. */
export function reportFailure(
  session: Pick<Session, 'options' | 'shell' | 'progress'>,
  error: unknown,
  application?: string,
): void {
  const { options, shell, progress } = session;
  const colours = coloursFor(shell.env, shell.errIsTerminal);
  const style = { colours, verbose: options.verbose === true, application };
  progress.print(
    options.output === 'table'
      ? formatFailure(error, style)
      : `${JSON.stringify({ ...toRecord(error), application })}\n`,
    'err',
  );
}

function openSession(shell: Shell, options: GlobalOptions): Session & { readonly close: () => Promise<void> } {
  let runtime: Runtime | undefined;
  const progress = createProgressView(shell, options);
  const open = (): Runtime => {
    runtime ??= openRuntime(options, shell, progress);
    return runtime;
  };
  return {
    options,
    shell,
    colours: coloursFor(shell.env, shell.outIsTerminal),
    progress,
    runtime: open,
    ports: () => open().ports,
    close: async () => runtime?.close(),
  };
}

/** An option that has to be a whole number from one on. */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is not a whole number from 1 on.');
}
