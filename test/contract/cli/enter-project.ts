import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';

type Packages = { readonly [path: string]: { readonly version: string; readonly optional?: boolean } };

export type Run = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type RunningEntry = {
  readonly process: ChildProcess;
  /** What it has written by now, on both outputs. */
  said(): string;
  /** When it has ended and nobody holds its outputs any more. */
  readonly ended: Promise<Run>;
};

/** A project of its own with the real entry, one dependency, a newer Node among the optional ones, and a fake npm. */
export type EnterProject = {
  readonly folder: string;
  readonly newerNode: string;
  /** Installs without npm. Default: what the lock file asks for on this platform. */
  install(packages?: Packages): Promise<void>;
  write(name: string, text: string): Promise<void>;
  /** The lines of a file, none if it is not there. */
  lines(name: string): readonly string[];
  /** Enters `main.ts`. `old`: as if on Node 20; `plumb`: enters `cli/main.ts` as the command does. */
  enter(args: readonly string[], options?: { readonly old?: boolean; readonly plumb?: boolean }): RunningEntry;
  end(): Promise<void>;
};

const node = `node_modules/node-${process.platform}-${process.arch}`;
const wanted: Packages = {
  '': { version: '1.0.0' },
  'node_modules/left-pad': { version: '1.0.0' },
  [node]: { version: '24.0.0', optional: true },
  'node_modules/node-another-platform': { version: '24.0.0', optional: true },
};

/** npm ci as it is seen from outside: its list of what is installed goes first and comes last. */
const npm = `#!/bin/sh
echo "$*" >> npm-calls
echo $PPID >> npm-group
echo npm is at work
rm -f node_modules/.package-lock.json
mkdir -p node_modules
while [ -e npm-waits ]; do sleep 0.05; done
if [ -e npm-fails ]; then exit 3; fi
cp package-lock.json node_modules/.package-lock.json
`;

const oldNode = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });
Object.defineProperty(process, 'version', { value: 'v20.1.0' });
`;

/** Makes the project in the system's scratch folder; `end` leaves no process and no file behind. */
export async function makeEnterProject(): Promise<EnterProject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'plumb-enter-')));
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  const running: RunningEntry[] = [];
  const newerNode = join(folder, node, 'bin/node');
  await cp(join(import.meta.dirname, '../../../cli'), join(folder, 'cli'), {
    recursive: true,
    filter: (path) => !/\.ts$/.test(path),
  });
  await mkdir(join(folder, 'bin'));
  await write('package.json', '{ "type": "module" }');
  await write('package-lock.json', JSON.stringify({ packages: wanted }));
  await write('main.ts', 'const args: readonly string[] = process.argv.slice(2); console.log(JSON.stringify(args));');
  await write('old-node.mjs', oldNode);
  await write('bin/npm', npm);
  await chmod(join(folder, 'bin/npm'), 0o755);
  return {
    folder,
    newerNode,
    write,
    install: async (packages = { 'node_modules/left-pad': { version: '1.0.0' }, [node]: { version: '24.0.0' } }) => {
      await mkdir(dirname(newerNode), { recursive: true });
      await writeFile(
        newerNode,
        `#!/bin/sh\necho run >> '${folder}/newer-node-runs'\nexec '${process.execPath}' "$@"\n`,
      );
      await chmod(newerNode, 0o755);
      await write('node_modules/.package-lock.json', JSON.stringify({ packages }));
    },
    lines: (name) =>
      existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n') : [],
    enter: (args, { old = false, plumb = false } = {}) => {
      const before = old ? ['--import', join(folder, 'old-node.mjs')] : [];
      const entry = plumb ? [join(folder, 'cli/plumb.mjs')] : [join(folder, 'cli/enter.mjs'), 'main.ts'];
      const run = start(folder, [...before, ...entry, ...args]);
      running.push(run);
      return run;
    },
    end: async () => {
      for (const run of running) run.process.kill('SIGKILL');
      await Promise.all(running.map((run) => run.ended));
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function start(folder: string, args: readonly string[]): RunningEntry {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: `${join(folder, 'bin')}${delimiter}/usr/bin${delimiter}/bin`, HOME: folder },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  const ended = new Promise<Run>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
  });
  return { process: child, said: () => said.stdout + said.stderr, ended };
}
