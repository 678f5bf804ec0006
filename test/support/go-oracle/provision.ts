import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildGoProgram } from '../../../cli/setup/go-build.ts';
import { localSetup, type Setup } from '../../../cli/setup/local-setup.ts';
import { withLock } from '../../../cli/setup/lock.mjs';
import { isProgram } from '../../../cli/setup/place-program.ts';

const folder = join(import.meta.dirname, 'go');
const sources = ['main.go', 'go.mod', 'go.sum'];

/** The path of the program that says what Go itself makes of a template; it is built once for each state of its sources. */
export async function provideGoOracle(setup: Setup = localSetup()): Promise<string> {
  const target = join(setup.cache, 'go-oracle', await digestSources(), 'oracle');
  const waiting = (holder: number): void =>
    setup.progress.note(`Waiting for process ${holder}, which builds the Go oracle`);
  return withLock(`${target}.lock`, waiting, async () =>
    (await isProgram(target)) ? target : buildGoProgram({ source: '.', folder, seconds: 60 }, target, setup),
  );
}

async function digestSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of sources) hash.update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}
