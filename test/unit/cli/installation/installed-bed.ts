import type { GlobalOptions } from '../../../../cli/global-options.ts';
import type { Steering } from '../../../../cli/installation/steering.ts';
import { coloursFor } from '../../../../cli/output/colours.ts';
import { createProgressView } from '../../../../cli/output/create-progress-view.ts';
import type { Session } from '../../../../cli/session.ts';
import type { Application } from '../../../../shared/model/application.ts';
import type { Head } from '../../../../shared/model/head.ts';
import type { Installation } from '../../../../shared/model/installation.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import type { Clock, Ports } from '../../../../shared/ports.ts';
import type { Queued } from '../../../../shared/queue-ports.ts';
import { loadHead, saveHead } from '../../../../shared/state/heads.ts';
import { keepState } from '../../../../shared/state/kept-state.ts';
import { MemoryQueue } from '../../../support/jobs/memory-queue.ts';
import { type MemoryBed, openMemoryBed } from '../../../support/memory-bed.ts';
import { createTestShell, type TestShell } from '../test-shell.ts';
import { declareIn, pushTo } from './installed-store.ts';

/** What happens in the installation between two looks of the command line. */
export type Happening = (bed: InstalledBed) => Promise<void> | void;

/** The store and the queues of an installation, and a person who steers it; time passes only while that person waits. */
export type InstalledBed = {
  readonly memory: MemoryBed;
  readonly ports: Ports;
  readonly session: Session;
  readonly shell: TestShell;
  readonly steering: Steering;
  /** By URL. */
  readonly queues: ReadonlyMap<string, MemoryQueue>;
  /** All that was sent, in order. */
  readonly sent: { readonly url: string; readonly queued: Queued }[];
  readonly now: () => Date;
  /** What happens at each next wait of the command line. */
  happens(...happenings: readonly Happening[]): void;
  head(application: string): Promise<Head | undefined>;
  moveHead(application: string, change: (head: Head) => Head): Promise<void>;
  /** Git has that now, and it is rendered. */
  push(application: Application, manifests: readonly Manifest[]): Promise<void>;
};

const installation: Installation = {
  id: 'prod',
  region: 'eu-west-1',
  account: '123456789012',
  control: 'https://git.example/control.git#main:apps',
  renderQueue: 'https://queues/render',
  syncQueues: { public: 'https://queues/sync', inner: 'https://queues/sync-inner' },
  restoreQueues: { public: 'https://queues/restore', inner: 'https://queues/restore-inner' },
  eventBus: 'plumbline',
  deadLetters: 'https://queues/dead',
  webhookUrl: 'https://hooks.example/webhook',
  functions: {},
};

const origin = 'plumb ada@laptop 1';

/** Opens an installation that has declared these applications. */
export async function openInstalledBed(
  applications: (own: Application) => readonly Application[] = (own) => [own],
  given: Partial<GlobalOptions> = {},
): Promise<InstalledBed> {
  const memory = openMemoryBed();
  const { store } = memory;
  await declareIn(store, applications(memory.application));
  const happenings: Happening[] = [];
  const time = { ms: Date.parse('2026-11-26T10:00:00Z') };
  const clock: Clock = {
    now: () => new Date(time.ms),
    sleep: async (ms, signal) => {
      if (signal?.aborted === true) return;
      time.ms += ms;
      await happenings.shift()?.(bed);
    },
  };
  const ports: Ports = { ...memory.ports, clock };
  const shell = createTestShell();
  const options: GlobalOptions = { output: 'table', ...given };
  const progress = createProgressView(shell, options);
  const queues = new Map<string, MemoryQueue>();
  const sent: InstalledBed['sent'] = [];
  const queue: Steering['queue'] = (url) => ({
    send: async (messages) => {
      const known = queues.get(url) ?? new MemoryQueue();
      queues.set(url, known);
      sent.push(...messages.map((queued) => ({ url, queued })));
      await known.send(messages);
    },
  });
  const runtime = (): ReturnType<Session['runtime']> => ({
    ports,
    storePlace: 's3://state',
    cacheFolder: '/nowhere',
    installation: async () => installation,
    queue,
    close: async () => {},
  });
  const bed: InstalledBed = {
    memory,
    ports,
    shell,
    queues,
    sent,
    now: clock.now,
    session: { options, shell, colours: coloursFor({}, false), progress, runtime, ports: () => ports },
    steering: { installation, store, kept: keepState(), clock, queue, origin },
    happens: (...more) => void happenings.push(...more),
    head: async (application) => (await loadHead(store, application))?.head,
    moveHead: async (application, change) => {
      const loaded = await loadHead(store, application);
      if (loaded === undefined) throw new Error(`${application} has no head`);
      await saveHead(store, change(loaded.head), loaded.etag);
    },
    push: (application, manifests) => pushTo(store, application, manifests),
  };
  return bed;
}
