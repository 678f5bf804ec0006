import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import type { KubernetesObjectApi } from '@kubernetes/client-node';
import { compileCache } from '../compile-cache.ts';
import { type Engine, openEngine } from '../engine.ts';
import { makeNamespace } from '../namespace.ts';
import { writeLeakFiles } from './leak-files.ts';
import { type LeakProviders, startLeakProviders } from './leak-providers.ts';
import { LeakRecord } from './leak-record.ts';
import { Markers } from './markers.ts';

export type Ran = { readonly exitCode: number | null; readonly out: string; readonly err: string };

export type RunOptions = {
  readonly input?: string;
  readonly during?: (pid: number, stop: (signal: NodeJS.Signals) => void) => Promise<void>;
};

/** A cluster, Git and providers of which every secret value is a marker, and the real `plumb` as processes, all of whose words are kept. */
export type LeakWorld = {
  readonly markers: Markers;
  readonly record: LeakRecord;
  readonly engine: Engine;
  readonly objects: KubernetesObjectApi;
  readonly providers: LeakProviders;
  /** Of the application `shop`, in Git. */
  readonly files: Readonly<Record<string, string>>;
  /** With its manifest. */
  readonly declared: string;
  readonly keys: string;
  /** Where all of Plumbline's own folders are. */
  readonly folder: string;
  plumb(words: readonly string[], options?: RunOptions): Promise<Ran>;
  close(): Promise<void>;
};

const main = join(import.meta.dirname, '../../../cli/main.ts');

/** Opens it, with `shop` in Git and not yet deployed. */
export async function openLeakWorld(): Promise<LeakWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-leaks-'));
  const [markers, record, engine] = [new Markers(), new LeakRecord(), await openEngine()];
  const source = await makeNamespace(engine.kubeconfig, 'source');
  const place = { objects: engine.objects, namespace: engine.namespace, source: source.name };
  const providers = await startLeakProviders(markers, place);
  const { vaultUrl, emulator } = providers;
  const { files, secretsConfig, keys } = await writeLeakFiles(markers, { ...place, folder, vaultUrl });
  await Promise.all([providers.rotate('first'), engine.git.createRepository('shop', files)]);
  const declared = join(folder, 'shop.json');
  await writeFile(declared, JSON.stringify(declaration(engine)));
  for (const name of ['tmp', 'store', 'cache']) await mkdir(join(folder, name));
  const env = {
    ...emulator.environment,
    PATH: process.env['PATH'],
    HOME: folder,
    TMPDIR: join(folder, 'tmp'),
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(process.env['HOME'] ?? '', '.cache'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    KUBECONFIG: engine.kubeconfig,
    PLUMB_STORE: join(folder, 'store'),
    PLUMB_CACHE: join(folder, 'cache'),
    PLUMB_SECRETS_CONFIG: secretsConfig,
    FORCE_COLOR: '0',
    ...compileCache,
  };
  return {
    ...{ markers, record, engine, objects: engine.objects, providers, files, declared, keys, folder },
    plumb: (words, options = {}) => runPlumb({ words, env, folder, record }, options),
    close: async () => {
      await Promise.all([providers.stop(), source.remove(), engine.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Run = {
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly record: LeakRecord;
};

async function runPlumb({ words, env, folder, record }: Run, { input, during }: RunOptions): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...words], { env, cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {}).end(input ?? '');
  const looking = during?.(child.pid ?? 0, (signal) => void child.kill(signal)).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  const said = [text(child.stdout), text(child.stderr), once(child, 'exit')] as const;
  const [out, err, [exitCode]] = await Promise.all([...said, looking] as const);
  const where = `plumb ${words.join(' ')}`;
  record.add(`stdout of ${where}`, out);
  record.add(`stderr of ${where}`, err);
  return { exitCode: exitCode as number | null, out, err };
}

function declaration({ git, namespace }: Engine): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop' },
    spec: {
      destination: { server: 'https://kubernetes.default.svc', namespace },
      source: { repoURL: git.url('shop'), path: 'app', targetRevision: 'main' },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
  };
}
