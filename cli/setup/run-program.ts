import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';
import type { Environment } from './local-setup.ts';

export type ProgramRun = {
  readonly environment: Environment;
  readonly folder?: string;
  /** True for long work: its whole process group ends with this process, even when that is killed. */
  readonly guarded?: boolean;
  /** Default: no limit. */
  readonly timeoutMs?: number;
};

/**
 * Runs a program to its end and gives its standard output, trimmed; anything but success is an error with what it said.
 * The program is ended when this process exits before it.
 */
export function runProgram(program: string, args: readonly string[], run: ProgramRun): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = startProgram([program, ...args], run);
    const end = (): boolean => child.kill();
    process.once('exit', end);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new Error(`there is no program ${program}`) : error);
    });
    child.on('close', (code, signal) => {
      process.off('exit', end);
      if (code === 0) resolve(Buffer.concat(out).toString().trim());
      else
        reject(new Error(`${program} ${args[0] ?? ''} ended with ${code ?? signal}: ${lastLines(Buffer.concat(err))}`));
    });
  });
}

function startProgram(command: readonly string[], run: ProgramRun): ChildProcessByStdio<null, Readable, Readable> {
  const options = {
    env: { ...run.environment },
    cwd: run.folder,
    timeout: run.timeoutMs,
  };
  const guard = join(import.meta.dirname, 'guarded-program.mjs');
  if (run.guarded) {
    return spawn(process.execPath, [guard, ...command], {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    }) as ChildProcessByStdio<null, Readable, Readable>;
  }
  const [program = '', ...args] = command;
  return spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
}

function lastLines(output: Buffer): string {
  return output.toString().trim().split('\n').slice(-8).join('\n').slice(-2000);
}
