import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one run of a program took, as the operating system counts it. */
export type Measured = {
  readonly wallMs: number;
  readonly peakMB: number;
  readonly exitCode: number;
  readonly output: string;
};

export type Program = {
  readonly path: string;
  readonly args: readonly string[];
  readonly env?: { readonly [name: string]: string | undefined };
};

/** Runs a program to its end. Peak memory is its own high-water mark, looked up while it runs. */
export async function measureProcess({ path, args, env }: Program): Promise<Measured> {
  const started = performance.now();
  const child = spawn(path, args, {
    stdio: ['ignore', 'pipe', 'pipe'], // A person's second run finds its modules compiled; so does this.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'plumb-bench-compiled'), ...env },
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  let peakMB = 0;
  const watch = setInterval(() => {
    peakMB = Math.max(peakMB, highWaterMB(child.pid));
  }, 20);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearInterval(watch);
  return {
    wallMs: performance.now() - started,
    peakMB,
    exitCode: exitCode ?? -1,
    output: Buffer.concat(chunks).toString(),
  };
}

/** The kernel's own high-water mark of a process; 0 where there is no /proc or the process has ended. */
function highWaterMB(pid: number | undefined): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}
