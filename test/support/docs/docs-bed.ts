import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import { provideTools, type Tools } from '../../../cli/setup/provide-tools.ts';
import { compileCache } from '../compile-cache.ts';
import type { ControlPlaneAccess } from '../control-plane/start-control-plane.ts';
import { type GitServer, startGitServer } from '../git-server.ts';
import { makeNamespace } from '../namespace.ts';

const root = join(import.meta.dirname, '../../..');

export type Ran = { readonly exitCode: number; readonly out: string; readonly err: string };

/** The home of a person who follows the documentation: a shell with plumb, `apps/`, a kubeconfig, and https://git.example. */
export type DocsBed = {
  readonly folder: string;
  readonly git: GitServer;
  /** The namespaces that this bed has for those that the documentation names. */
  readonly namespaces: { readonly [name in Namespace]: string };
  /** A text of the documentation, with addresses, namespaces and snapshots of shop that are those of this bed, and any free port. */
  localize(text: string): string;
  /** What was printed, as the documentation has it: its addresses and namespaces, and no time, SHA, snapshot or padding. */
  document(printed: string): string;
  /** Writes a file, with the folders above it. */
  write(path: string, content: string): Promise<string>;
  /** Runs a line as a person types it. */
  run(line: string): Promise<Ran>;
  /** Starts a line that does not end by itself, ends it by SIGTERM after its first line of output. */
  runUntilFirstLine(line: string): Promise<Ran>;
  close(): Promise<void>;
};

const documented = ['shop', 'payments', 'redis'] as const;
type Namespace = (typeof documented)[number];

/** Opens a bed with nothing in its repositories and the rights of a kubeconfig on a control plane; `close` it. */
export async function openDocsBed(controlPlane: ControlPlaneAccess, kubeconfig: string): Promise<DocsBed> {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-docs-'));
  const [git, tools, made] = await Promise.all([
    startGitServer(),
    provideTools(),
    Promise.all(documented.map((name) => makeNamespace(controlPlane.kubeconfig, name))),
  ]);
  const write = (path: string, content: string): Promise<string> => writeBelow(folder, path, content);
  await Promise.all([
    write('.kube/config', await contextNamed('prod', kubeconfig)),
    write('package.json', JSON.stringify({ scripts: { plumb: await plumbScript() } })),
    write('.zfunc/.keep', ''),
    write('.config/fish/completions/.keep', ''),
    makePlumb(write),
    write('webhook-secrets', 'github of-the-documentation\n').then((file) => chmod(file, 0o600)),
  ]);
  const env = environment(folder, tools);
  const start = (line: string) =>
    spawn('bash', ['-c', `set -o pipefail\n${line}`], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const namespaces = Object.fromEntries(
    documented.map((name, index) => [name, made[index]?.name ?? '']),
  ) as DocsBed['namespaces'];
  return {
    folder,
    git,
    namespaces,
    write,
    localize: (text) => withSnapshots(localize(text, { origin: git.origin, namespaces }), folder),
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
  const config = new KubeConfig();
  config.loadFromString(await readFile(kubeconfig, 'utf8'));
  const [context, cluster] = [config.getContextObject(config.currentContext), config.getCurrentCluster()];
  const user = config.getCurrentUser();
  if (context === null || cluster === null || user === null) throw new Error(`${kubeconfig} has no current context`);
  config.loadFromOptions({
    clusters: [{ ...cluster, name }],
    users: [user],
    contexts: [{ ...context, name, cluster: name }],
    currentContext: name,
  });
  return config.exportConfig();
}

/** Nothing of the person who runs the tests but the cache of the tools. */
function environment(folder: string, { helm, kubectl }: Tools): NodeJS.ProcessEnv {
  const programs = [helm, kubectl].flatMap((program) => (program === undefined ? [] : [dirname(program)]));
  return {
    PATH: [join(folder, 'bin'), ...programs, process.env['PATH']].join(delimiter),
    HOME: folder,
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    PLUMB_CACHE: join(folder, 'cache'),
    npm_config_loglevel: 'silent',
    ...compileCache,
  };
}

async function collect(
  child: { readonly stdout: Readable; readonly stderr: Readable } & NodeJS.EventEmitter,
): Promise<Ran> {
  const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { exitCode: exitCode as number, out, err };
}

function localize(
  text: string,
  { origin, namespaces }: Pick<DocsBed, 'namespaces'> & { readonly origin: string },
): string {
  return text
    .replaceAll(/https:\/\/(\S+@)?git\.example(:\d+)?(?=\/)/g, (_, user = '') => origin.replace('//', `//${user}`))
    .replaceAll('127.0.0.1:8080', '127.0.0.1:0')
    .replaceAll(/(?<=\bnamespace: )(shop|payments|redis)(?![\w-])/g, (name) => namespaces[name as Namespace]);
}

/** The first and the newest snapshot of shop, as the documentation names them. */
const snapshots = ['20261123-091500-042-3f2a1bc', '20261123-145150-123-77aa001'] as const;

/** In a line that is typed, a snapshot stands by its name or by its revision. */
function withSnapshots(text: string, folder: string): string {
  const kept = join(folder, '.local/state/plumbline/snapshots/shop');
  if (!existsSync(kept)) return text;
  const names = readdirSync(kept).sort();
  const own = [names.at(0), names.at(-1)].map((name = '') => name.replace('.json.gz', ''));
  return snapshots.reduce((local, name, index) => {
    const [ownName = '', ownRevision = ''] = [own[index], own[index]?.split('-').at(-1)];
    return local.replaceAll(name, ownName).replaceAll(name.split('-').at(-1) ?? '', ownRevision);
  }, text);
}

function document(printed: string, { origin, folder }: { origin: string; folder: string }): string {
  const masks: readonly (readonly [pattern: RegExp | string, shown: string])[] = [
    [origin, 'https://git.example'],
    [folder, '/home/ada'],
    [/https:\/\/[\d.]+:\d+/g, 'https://SERVER'],
    [new RegExp(`\\b(${documented.join('|')})-[0-9a-f]{8}\\b`, 'g'), '$1'],
    [/\b\d{8}-\d{6}-\d{3}-[0-9a-f]{7}\b/g, 'SNAPSHOT'],
    [/\b[0-9a-f]{7}\b/g, 'SHA'],
    [/\b\d+(\.\d+)?( min| s|[smhd])\b/g, 'TIME'],
    [/\b\d+ kinds\b/g, 'N kinds'],
    [/(?<=\bv)\d+\.\d+\.\d+\b/g, 'X'],
    [/(?<=\S) {2,}/g, ' '],
    [/ $/gm, ''],
  ];
  return masks.reduce((masked, [pattern, shown]) => masked.replaceAll(pattern, shown), printed);
}
