import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import process from 'node:process';

/** The project's folder. */
export const root: string = resolve(import.meta.dirname, '../..');

export type Check = { readonly name: string; readonly args: readonly string[] };

const bin = (...path: readonly string[]): string => join(root, 'node_modules', ...path);

/** What can be said of the sources without running them. */
export const staticChecks: readonly Check[] = [
  { name: 'format, lint and layers', args: [bin('@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings'] },
  { name: 'types', args: [bin('typescript/bin/tsc'), '--noEmit', '--project', join(root, 'tsconfig.json')] },
  { name: 'dead code', args: [bin('knip/bin/knip.js')] },
];

/** Jest's arguments for Node; ESM in Jest still asks for the flag. */
export const jestArguments: readonly string[] = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  bin('jest/bin/jest.js'),
];

/** The unit tests, which need neither a cluster nor a network. */
export const unitTests: Check = { name: 'unit tests', args: [...jestArguments, '--selectProjects', 'unit'] };

/** Runs checks side by side, says how long they usually take on two cores, shows what the failing ones said, and gives their names. */
export async function runChecks(checks: readonly Check[], seconds: number): Promise<readonly string[]> {
  process.stdout.write(`Checking ${checks.map(({ name }) => name).join('; ')}: about ${seconds} s\n`);
  const outcomes = await Promise.all(checks.map(runCheck));
  return outcomes.filter(({ ok }) => !ok).map(({ name }) => name);
}

async function runCheck({ name, args }: Check): Promise<{ readonly name: string; readonly ok: boolean }> {
  const startedAt = Date.now();
  const { code, output } = await runNode(args);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(code === 0 ? `ok      ${name} (${seconds} s)\n` : `FAILED  ${name} (${seconds} s)\n${output}\n`);
  return { name, ok: code === 0 };
}

function runNode(args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = (): boolean => child.kill();
    process.once('exit', end);
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('exit', end);
      resolve({ code, output: Buffer.concat(output).toString() });
    });
  });
}
