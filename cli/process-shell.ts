import { homedir } from 'node:os';
import { buffer, text } from 'node:stream/consumers';
import type { Shell } from './shell.ts';

/** The real process as a Shell. Its signal handlers stay for good; a broken pipe ends it quietly, as `plumb render | head` does. */
export function processShell(): Shell {
  process.stdout.on('error', endOnBrokenPipe);
  return {
    env: process.env,
    home: homedir(),
    folder: process.cwd(),
    writeOut: (written) => void process.stdout.write(written),
    writeErr: (written) => void process.stderr.write(written),
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    width: () => process.stderr.columns || 80,
    readIn: () => text(process.stdin),
    readBytesIn: () => buffer(process.stdin),
    interruption: listenForSignals(),
  };
}

/** Ends the process when all output is written, without waiting for idle connections. */
export async function endProcess(exitCode: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
  process.exit(exitCode);
}

function listenForSignals(): () => AbortSignal {
  let controller: AbortController | undefined;
  for (const [name, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.on(name, () => {
      if (controller === undefined || controller.signal.aborted) process.exit(128 + number);
      controller.abort();
    });
  }
  return () => {
    controller ??= new AbortController();
    return controller.signal;
  };
}

/** As SIGPIPE would: what was cut short, such as a sync under way, must not look done. */
function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(128 + 13);
  throw error;
}
