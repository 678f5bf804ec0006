import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { bundleProgram } from './bundle-program.ts';
import { forkProgram } from './fork-program.ts';
import type { KillOrder, KillReport } from './kill-protocol.ts';

/** Real processes with the engine loaded, each for one order. Starting takes most of their time, so some wait ahead. */
export class DoomedProcesses {
  readonly #program: Promise<string> = bundleProgram('killed-process.ts');
  readonly #waiting: Promise<ChildProcess>[];

  constructor(ahead: number) {
    this.#waiting = Array.from({ length: ahead }, () => this.#start());
  }

  /** Carries an order out; an error quotes a process that ended in any other way than by SIGKILL where it was told, or well. */
  async carryOut(order: KillOrder): Promise<KillReport> {
    const child = await (this.#waiting.shift() ?? this.#start());
    this.#waiting.push(this.#start());
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    const said = Promise.all([text(child.stdout as Readable), text(child.stderr as Readable)]);
    child.send(order);
    const [code, signal] = await ended;
    const [out, err] = await said;
    const report = out === '' ? undefined : (JSON.parse(out) as KillReport);
    if (report !== undefined && 'died' in report && signal === 'SIGKILL') return report;
    if (report !== undefined && 'passed' in report && code === 0) return report;
    throw new Error(`The process ended by itself with ${code ?? signal}: ${out}${err}`);
  }

  /** Ends those that wait. */
  async close(): Promise<void> {
    await Promise.all(
      this.#waiting.splice(0).map(async (starting) => {
        const child = await starting;
        const closed = once(child, 'close');
        child.kill('SIGKILL');
        await closed;
      }),
    );
  }

  async #start(): Promise<ChildProcess> {
    return (await forkProgram(await this.#program)).child;
  }
}
