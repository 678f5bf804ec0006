import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { provideTools } from '../../../cli/setup/provide-tools.ts';
import { LocalCommandRunner } from '../../../shared/adapters/local/command-runner.ts';
import type { CommandRunner } from '../../../shared/ports.ts';

export type RecordingRunner = {
  readonly runner: CommandRunner;
  /** Every command line and environment that helm and kustomize were started with. */
  recorded(): Promise<Buffer>;
};

/** The real helm and kustomize behind programs that write down how they were started; they do so in a folder. */
export async function recordingRunner(folder: string): Promise<RecordingRunner> {
  const { helm, kustomize } = await provideTools();
  const log = join(folder, 'started.log');
  const wrap = async (name: string, program: string): Promise<string> => {
    const path = join(folder, name);
    const lines = [
      '#!/bin/sh',
      `{ printf '%s\\n' "$0" "$@"; cat /proc/self/environ; pwd; } >> '${log}'`,
      `exec '${program}' "$@"`,
    ];
    await writeFile(path, `${lines.join('\n')}\n`);
    await chmod(path, 0o700);
    return path;
  };
  const [helmWrapper, kustomizeWrapper] = await Promise.all([wrap('helm', helm), wrap('kustomize', kustomize.path)]);
  return {
    runner: new LocalCommandRunner({
      helm: helmWrapper,
      kustomize: { path: kustomizeWrapper, prefixArgs: kustomize.args },
    }),
    recorded: () => readFile(log),
  };
}
