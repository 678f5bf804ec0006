import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Tools, provideTools } from '../../../cli/setup/provide-tools.ts';
import { sharedControlPlane } from '../control-plane/shared-control-plane.ts';
import { type GitServer, startGitServer } from '../git-server.ts';
import { makeNamespace } from '../namespace.ts';
import { blocksOf } from './doc-page.ts';

const root = join(import.meta.dirname, '../../..');
const controlPlane = sharedControlPlane();

export type Ran = { readonly exitCode: number; readonly out: string; readonly err: string };

/** The home of a person who follows the documentation: a shell with plumb, `apps/`, a kubeconfig, and https://git.example. */
export type DocsBed = {
  readonly folder: string;
  readonly git: GitServer;
  readonly tools: Tools;
  /** A text of the documentation, with addresses and namespaces that are those of this bed. */
  localize(documented: string): string;
  /** What was printed, as the documentation has it: its addresses and namespaces, and no time, SHA or padding. */
  document(printed: string): string;
  /** Writes a file, with the folders above it. */
  write(path: string, content: string): Promise<string>;
  /** Runs a line as a person types it. */
  run(line: string): Promise<Ran>;
  /** Starts a line that does not end by itself, ends it by SIGTERM after its first line of output. */
  runUntilFirstLine(line: string): Promise<Ran>;
  close(): Promise<void>;
};

const namespaces = ['shop', 'payments', 'redis'] as const;

/** Opens a bed with nothing in its repositories; `close` it. */
export async function openDocsBed(kubeconfig: string = controlPlane.kubeconfig): Promise<DocsBed> {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-docs-'));
  const [git, tools, made] = await Promise.all([
    startGitServer(),
    provideTools(),
    Promise.all(namespaces.map((name) => makeNamespace(controlPlane.kubeconfig, name))),
  ]);
  const write = (path: string, content: string): Promise<string> => writeBelow(folder, path, content);
  await Promise.all([
    write('.kube/config', await contextNamed('prod', kubeconfig)),
    write('package.json', JSON.stringify({ scripts: { plumb: await plumbScript() } })),
    write('.zfunc/.keep', ''),
    write('.config/fish/completions/.keep', ''),
    makePlumb(write),
  ]);
  const env = environment(folder, tools);
  const start = (line: string) =>
    spawn('bash', ['-c', `set -o pipefail\n${line}`], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const names = made.map(({ name }) => name);
  return {
    folder,
    git,
    tools,
    write,
    localize: (documented) => localize(documented, { origin: git.origin, names }),
    document: (printed) => document(printed, { origin: git.origin, folder }),
    run: async (line) => collect(start(line)),
    runUntilFirstLine: async (line) => {
      const child = start(`exec ${line}`);
      child.stdout.once('data', () => child.kill('SIGTERM'));
      return collect(child);
    },
    close: async () => {
      await Promise.all([git.stop(), ...made.map((namespace) => namespace.remove())]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeBelow(folder: string, path: string, content: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

async function makePlumb(write: DocsBed['write']): Promise<void> {
  const file = await write('bin/plumb', `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'cli/main.ts')}' "$@"\n`);
  await chmod(file, 0o755);
}

/** The project's own script, as it works where the project is not the folder. */
async function plumbScript(): Promise<string> {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: { readonly plumb: string };
  };
  return scripts.plumb.replace('cli/', join(root, 'cli/'));
}

async function contextNamed(name: string, kubeconfig: string): Promise<string> {
  const content = await readFile(kubeconfig, 'utf8');
  const [, current = ''] = /^current-context: *"?([^"\n]+)/m.exec(content) ?? [];
  return content.replaceAll(new RegExp(`((?:name|current-context): *)"?${current}"?$`, 'gm'), `$1${name}`);
}

/** Nothing of the person who runs the tests but the cache of the tools. */
function environment(folder: string, { kubectl }: Tools): NodeJS.ProcessEnv {
  const programs = [join(folder, 'bin'), ...(kubectl === undefined ? [] : [dirname(kubectl)])];
  return {
    PATH: [...programs, process.env['PATH']].join(delimiter),
    HOME: folder,
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    PLUMB_CACHE: join(folder, 'cache'),
    npm_config_loglevel: 'silent',
  };
}

async function collect(child: { readonly stdout: Readable; readonly stderr: Readable } & NodeJS.EventEmitter): Promise<Ran> {
  const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { exitCode: exitCode as number, out, err };
}

function localize(documented: string, { origin, names }: { origin: string; names: readonly string[] }): string {
  return namespaces.reduce(
    (localized, name, index) =>
      localized.replaceAll(new RegExp(`(\\bnamespace: )${name}(?![\\w-])`, 'g'), `$1${names[index]}`),
    documented.replaceAll(/https:\/\/git\.example(:\d+)?(?=\/)/g, origin),
  );
}

function document(printed: string, { origin, folder }: { origin: string; folder: string }): string {
  const masks: readonly (readonly [pattern: RegExp | string, documented: string])[] = [
    [origin, 'https://git.example'],
    [folder, '/home/ada'],
    [/https:\/\/[\d.]+:\d+/g, 'https://SERVER'],
    [new RegExp(`\\b(${namespaces.join('|')})-[0-9a-f]{8}\\b`, 'g'), '$1'],
    [/\b(?=[0-9a-f]*\d)[0-9a-f]{7}\b/g, 'SHA'],
    [/\b\d+(\.\d+)?( min|[smhd])(?=\b)/g, 'TIME'],
    [/\b\d+ kinds\b/g, 'N kinds'],
    [/(?<=\bv)\d+\.\d+\.\d+\b/g, 'X'],
    [/ +/g, ' '],
    [/ $/gm, ''],
  ];
  return masks.reduce((masked, [pattern, documented]) => masked.replaceAll(pattern, documented), printed);
}

export { blocksOf };
