import { spawn } from 'node:child_process';
import { request } from 'node:http';
import process from 'node:process';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { type Ended, endedTrailer, orderHeader, type ProgramOrder, readEnded } from './starter-protocol.ts';

export type Program = {
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves after the last of its output. */
  readonly ended: Promise<Ended>;
  kill(): void;
};

/**
 * Starts a program, in a test run by its starter: to start one the whole memory of a process is listed, and a worker of Jest, which
 * has much of it, is at a standstill for many times as long as git needs.
 */
export function startProgram(order: ProgramOrder): Program {
  const socket = process.env['PLUMBLINE_TEST_STARTER'];
  return socket === undefined ? startHere(order) : startByStarter(order, socket);
}

function startHere({ path, args, folder, env }: ProgramOrder): Program {
  const child = spawn(path, args, { cwd: folder, env });
  const errors: Buffer[] = [];
  child.stdin.on('error', () => {});
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  return {
    input: child.stdin,
    output: child.stdout,
    ended: new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: null, signal: null, errors: error.message }));
      child.once('close', (code, signal) => resolve({ code, signal, errors: Buffer.concat(errors).toString() }));
    }),
    kill: () => void child.kill(),
  };
}

function startByStarter(order: ProgramOrder, socketPath: string): Program {
  const headers = { [orderHeader]: encodeURIComponent(JSON.stringify(order)) };
  const asked = request({ socketPath, method: 'POST', headers, agent: false });
  const output = new PassThrough();
  const ended = new Promise<Ended>((resolve) => {
    const fail = (error: Error): void => {
      output.end();
      resolve({ code: null, signal: null, errors: error.message });
    };
    asked.on('error', fail);
    asked.once('response', (response) => {
      response.on('error', fail).once('end', () => resolve(readEnded(response.trailers[endedTrailer])));
      response.pipe(output);
    });
  });
  return { input: asked, output, ended, kill: () => void asked.destroy() };
}
