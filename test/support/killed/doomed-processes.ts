import process from 'node:process';
import { text } from 'node:stream/consumers';
import { compileCache } from '../compile-cache.ts';
import { type Program, startProgram } from '../programs/start-program.ts';
import { bundleProgram } from './bundle-program.ts';
import type { KillOrder, KillReport } from './kill-protocol.ts';

let program: string | undefined;

/** Real processes with the engine loaded, each for one order. Starting takes most of their time, so some wait ahead. */
export class DoomedProcesses {
  readonly #waiting: Program[];

  constructor(ahead: number) {
    this.#waiting = Array.from({ length: ahead }, () => this.#start());
  }

  /** Carries an order out; an error quotes a process that ended in any other way than by SIGKILL where it was told, or well. */
  async carryOut(order: KillOrder): Promise<KillReport> {
    const { input, output, ended } = this.#waiting.shift() ?? this.#start();
    this.#waiting.push(this.#start());
    input.end(JSON.stringify(order));
    const [said, { code, signal, errors }] = await Promise.all([text(output), ended]);
    const report = said === '' ? undefined : (JSON.parse(said) as KillReport);
    if (report !== undefined && 'died' in report && signal === 'SIGKILL') return report;
    if (report !== undefined && 'passed' in report && code === 0) return report;
    throw new Error(`The process ended by itself with ${code ?? signal}: ${said}${errors}`);
  }

  /** Ends those that wait. */
  async close(): Promise<void> {
    await Promise.all(
      this.#waiting.splice(0).map(async ({ input, output, ended }) => {
        input.end();
        output.resume();
        await ended;
      }),
    );
  }

  #start(): Program {
    program ??= bundleProgram('killed-process.ts');
    // Jest's own options must not reach it.
    const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
    const env = { PATH, HOME, TMPDIR, ...compileCache };
    return startProgram({ path: process.execPath, args: [program], folder: import.meta.dirname, env });
  }
}
