import { basename } from 'node:path';
import { RenderError } from '../../errors.ts';
import type { CommandResult } from '../../ports.ts';
import { cannotRunCodes, killGroup, type ProgramStart, startGroup } from './command-group.ts';

export type BoundedRun = ProgramStart & {
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
};

/** Runs a program in a process group of its own. Past its time or output the whole group is killed, and that is a RenderError. */
export function runBounded(run: BoundedRun): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const child = startGroup(run);
  const stop = (error: RenderError): void => {
    killGroup(child);
    reject(error);
  };
  const timer = setTimeout(() => stop(tookTooLong(run)), run.timeoutMs);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let bytes = 0;
  const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= run.maxOutputBytes) chunks.push(chunk);
    else stop(saidTooMuch(run));
  };
  child.stdout?.on('data', collect(stdout));
  child.stderr?.on('data', collect(stderr));
  child.once('error', (cause) => reject(cannotStart(run, cause)));
  child.once('close', (code, signal) => {
    const said = { stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') };
    if (code === null) reject(wasKilled(run, signal));
    else if (cannotRunCodes.includes(code)) reject(cannotStart(run, new Error(said.stderr.trim())));
    else resolve({ exitCode: code, ...said });
  });
  return promise.finally(() => clearTimeout(timer));
}

function tookTooLong({ path, timeoutMs }: BoundedRun): RenderError {
  const name = basename(path);
  return new RenderError('timeout', `${name} was ended: it took more than ${timeoutMs / 1000} s`, {
    object: name,
    hint: 'look for a loop in the templates, or split the application',
  });
}

function saidTooMuch({ path, maxOutputBytes }: BoundedRun): RenderError {
  const name = basename(path);
  return new RenderError('render-failed', `${name} was ended: it put out more than ${maxOutputBytes / 1e6} MB`, {
    object: name,
    hint: 'split the application',
  });
}

function wasKilled({ path }: BoundedRun, signal: string | null): RenderError {
  const name = basename(path);
  return new RenderError('render-failed', `${name} was ended by ${signal}`, {
    object: name,
    hint: 'check that there is memory enough',
    retryable: true,
  });
}

function cannotStart({ path }: BoundedRun, cause: Error): RenderError {
  return new RenderError('tool-unusable', `${path} cannot be started: ${cause.message}`, {
    object: path,
    hint: 'run plumb doctor',
    cause,
  });
}
