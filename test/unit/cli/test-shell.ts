import type { Shell } from '../../../cli/shell.ts';

/** A shell that keeps what is written, for commands run in this process. */
export type TestShell = Shell & { readonly out: () => string; readonly err: () => string; readonly abort: () => void };

/** A shell without terminal and environment, unless told otherwise. */
export function createTestShell(given: Partial<Shell> & { readonly stdin?: string | Buffer } = {}): TestShell {
  const written = { out: '', err: '' };
  const controller = new AbortController();
  return {
    env: {},
    home: '/nonexistent',
    folder: process.cwd(),
    writeOut: (text) => {
      written.out += text;
    },
    writeErr: (text) => {
      written.err += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    width: () => 80,
    readIn: async () => String(given.stdin ?? ''),
    readBytesIn: async () => Buffer.from(given.stdin ?? ''),
    interruption: () => controller.signal,
    ...given,
    out: () => written.out,
    err: () => written.err,
    abort: () => controller.abort(),
  };
}
