import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import pc from 'picocolors';
import type { Guard } from '../support/guard.ts';

export type PlumbResult = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

/** The real CLI, each time a process of its own, as a person has it. */
export type Plumb = {
  /** Kubeconfig, control repository and store, as environment variables that a person may export too. */
  readonly variables: { readonly [name: string]: string };
  readonly serveLog: string;
  /** All that `run` has printed. */
  readonly runLog: string;
  readonly run: (...args: readonly string[]) => Promise<PlumbResult>;
  /** Starts `plumb serve` in the background; its output goes to `serveLog`. Started already: an error. */
  readonly startServe: (...args: readonly string[]) => void;
  /** All that it has said so far. */
  readonly readServeLog: () => string;
  /** An error with the end of its log when it has ended by itself. */
  readonly checkServe: () => void;
  /** Asks it to end as Ctrl-C does; gives its exit code, or the signal that it took. */
  readonly endServe: () => Promise<number | NodeJS.Signals>;
};

/** Drift is looked for far more often than by default, so that nobody has to wait; pushes come by webhook, and Git is hardly polled. */
export const serveFlags = ['--drift-interval', '3s', '--poll-interval', '60s'] as const;

/** Where plumb serve takes webhooks in, and the file of their secrets. */
export type WebhookFront = { readonly listen: string; readonly secrets: string };

const program = join(import.meta.dirname, '../../cli/plumb.mjs');
const colourless = { NO_COLOR: '1', FORCE_COLOR: '0' } as const;
const patienceMs = 15_000;

type Equipment = { readonly signal: AbortSignal; readonly webhook: WebhookFront };

/** A CLI whose processes end at the signal or with the guard, whatever happens. */
export function installPlumb(
  guard: Guard,
  { variables, signal, webhook }: Pick<Plumb, 'variables'> & Equipment,
): Plumb {
  const serveLog = join(guard.folder, 'serve.log');
  const runLog = join(guard.folder, 'run.log');
  const environment = {
    ...ownEnvironment(),
    ...(pc.isColorSupported ? { FORCE_COLOR: '1' } : colourless),
    // So that nothing stays behind of a process that was killed.
    TMPDIR: guard.folder,
    ...variables,
  };
  const readServeLog = (): string => readFileSync(serveLog, 'utf8');
  let serving: ChildProcess | undefined;
  return {
    variables,
    serveLog,
    runLog,
    run: async (...args) => {
      const child = spawn(process.execPath, [program, ...args], {
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      });
      const [stdout, stderr, [exitCode]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'exit'),
      ]);
      appendFileSync(runLog, stdout + stderr);
      return { exitCode, stdout, stderr };
    },
    startServe: (...args) => {
      if (serving !== undefined) throw new Error('plumb serve runs already');
      const log = openSync(serveLog, 'a');
      serving = spawn(process.execPath, [program, 'serve', ...args, ...webhookFlags(webhook)], {
        // A Ctrl-C at the terminal must reach the demo alone, which then ends its children in order.
        detached: true,
        env: { ...environment, ...colourless },
        stdio: ['ignore', log, log],
      });
      closeSync(log);
      guard.watch(serving);
    },
    readServeLog,
    checkServe: () => {
      const code = serving?.exitCode ?? serving?.signalCode;
      if (code === undefined || code === null) return;
      const log = readServeLog().trim().split('\n').slice(-12).join('\n');
      throw new Error(`plumb serve has ended with ${code}; the end of its log:\n${log}`);
    },
    endServe: async () => {
      const child = serving;
      serving = undefined;
      if (child === undefined) throw new Error('plumb serve does not run');
      if (child.exitCode !== null || child.signalCode !== null)
        return child.exitCode ?? (child.signalCode as NodeJS.Signals);
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      const [code, signal] = (await ended) as [number | null, NodeJS.Signals];
      clearTimeout(impatience);
      return code ?? signal;
    },
  };
}

function webhookFlags({ listen, secrets }: WebhookFront): readonly string[] {
  return ['--webhook-listen', listen, '--webhook-secrets', secrets];
}

/** The person's environment without what it says about Plumbline, AWS and proxies: the story must be the same everywhere. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PLUMB|AWS)_|_proxy$/i.test(name));
  return Object.fromEntries(kept);
}
