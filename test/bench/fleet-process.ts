import process from 'node:process';
import { S3Store } from '../../shared/adapters/aws/s3-store.ts';
import type { Application } from '../../shared/model/application.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { defaultProject } from '../../shared/model/project.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import { declare } from '../../shared/registry/declare.ts';
import { toCanonicalRender } from '../../shared/render/canonical-render.ts';
import { saveRegistered } from '../../shared/state/clusters.ts';
import { saveDeclared } from '../../shared/state/declared.ts';
import { keepState } from '../../shared/state/kept-state.ts';
import { saveRender } from '../../shared/state/renders.ts';
import { loadWanted, saveWanted, specOf } from '../../shared/state/wanted.ts';
import { inParallel } from '../../shared/workflows/in-parallel.ts';
import type { SyncPorts } from '../../shared/workflows/jobs/job-ports.ts';
import { scanRegistered } from '../../shared/workflows/jobs/scan-cluster-job.ts';
import { workOnApplication } from '../../shared/workflows/jobs/work-on-application.ts';
import { enginePorts } from './engine-ports.ts';
import { application } from './objects.ts';

/** What a process does, which then ends: like a function's environment, it begins with nothing. */
export type FleetTask = {
  readonly kubeconfig: string;
  readonly folder: string;
  readonly bucket: string;
  readonly applications: number;
  readonly objects: number;
} & (
  | { readonly do: 'seed' }
  | { readonly do: 'scan'; readonly rounds: number }
  /** One application gets another content, and is synced. */
  | { readonly do: 'sync'; readonly content: string }
);

/** How long something took, and what it asked of the API server and the store. */
export type Round = {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly api: { readonly [verb: string]: number };
  readonly store: { readonly [call: string]: number };
};

export type FleetResult = { readonly rounds: readonly Round[]; readonly peakMB: number };

const clusterId = 'bench';
const origin = 'bench';

let api: Record<string, number> = {};
let calls: Record<string, number> = {};

const task = JSON.parse(process.argv[2] ?? '') as FleetTask;
const ports = await openPorts();
const rounds = await carryOut();
const result: FleetResult = { rounds, peakMB: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);

async function carryOut(): Promise<readonly Round[]> {
  const scan = (): Promise<unknown> => scanRegistered(clusterId, origin, ports);
  if (task.do === 'seed') {
    await seed();
    return [];
  }
  if (task.do === 'sync') {
    await want(applicationNamed(0), task.content);
    return [await measured(() => sync('app-0'))];
  }
  const taken: Round[] = [];
  for (let round = 0; round < task.rounds; round += 1) taken.push(await measured(scan));
  return taken;
}

async function measured(work: () => Promise<unknown>): Promise<Round> {
  [api, calls] = [{}, {}];
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - started, cpuMs: (user + system) / 1000, api, store: calls };
}

async function openPorts(): Promise<SyncPorts> {
  const { kubeconfig, folder, bucket } = task;
  const observe = ({ verb }: { readonly verb: string }): void => {
    api[verb] = (api[verb] ?? 0) + 1;
  };
  const engine = await enginePorts({ kubeconfig, folder, observe });
  const cluster = await engine.clusters.open({ server: 'https://kubernetes.default.svc', namespace: '' });
  const silent = { send: async () => undefined };
  return {
    ...engine,
    store: counted(new S3Store({ bucket })),
    clusters: { open: async () => cluster },
    rendersElsewhere: true,
    kept: keepState(),
    syncQueue: silent,
    renderQueue: silent,
    announcer: { announce: async () => undefined },
  };
}

function counted(store: ObjectStore): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]): unknown => {
        calls[String(name)] = (calls[String(name)] ?? 0) + 1;
        return Reflect.apply(member, target, given);
      };
    },
  });
}

/** Everything as the other zones leave it, and synced once. */
async function seed(): Promise<void> {
  const { store } = ports;
  const all = Array.from({ length: task.applications }, (_, index) => applicationNamed(index));
  const cluster = await ports.clusters.open({ name: clusterId, namespace: '' });
  const place = { server: (await cluster.facts()).server, certificateAuthority: '', isPrivate: false };
  await saveRegistered(store, { id: clusterId, name: clusterId, aliases: [], zone: 'public', ...place });
  const declared = all.map((each) => ({ application: each, origin }));
  await saveDeclared(store, { applications: declared, projects: [defaultProject], rejected: [] }, undefined);
  await inParallel(all, 25, async (each) => {
    await want(each, 'one');
    await sync(each.name);
  });
}

async function sync(name: string): Promise<void> {
  const signals = { signal: new AbortController().signal, superseded: new AbortController().signal };
  const job = { work: 'follow', application: name, cause: 'git' } as const;
  await workOnApplication({ job, origin }, { signals, attempt: 1 }, ports);
}

async function want(each: Application, content: string): Promise<void> {
  const { store } = ports;
  const { render } = toCanonicalRender(configMaps(each.name, content));
  await saveRender(store, defaultProject.name, render);
  const before = await loadWanted(store, defaultProject.name, each.name);
  const sources = [{ repoURL: 'https://git.example/bench.git', revision: content.padEnd(40, '0') }];
  const tools = { helm: 'v4', kustomize: 'v5' };
  const spec = specOf(each, defaultProject);
  const rendered = { spec, sources, renderDigest: render.digest, warnings: [], tools };
  const at = ports.clock.now().toISOString();
  const wanted = { application: each.name, project: defaultProject.name, rendered, at, origin };
  await saveWanted(store, wanted, before?.etag);
}

function configMaps(name: string, content: string): readonly Manifest[] {
  return Array.from({ length: task.objects }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${name}-${index}` },
    data: { content, more: 'x'.repeat(200) },
  })) as unknown as readonly Manifest[];
}

function applicationNamed(index: number): Application {
  const manifest = application(`app-${index}`, {
    repoURL: 'https://git.example/bench.git',
    path: 'app',
    namespace: 'fleet',
  });
  const { applications } = declare([{ manifest: manifest as unknown as Manifest, origin }]);
  const [first] = applications;
  if (first === undefined) throw new Error(`app-${index} cannot be declared`);
  return { ...first.application, destination: { name: clusterId, namespace: 'fleet' } };
}
