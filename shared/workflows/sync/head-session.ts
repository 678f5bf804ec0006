import { SyncError } from '../../errors.ts';
import { type Head, moveToProject, newHead } from '../../model/head.ts';
import type { Lease } from '../../model/operation.ts';
import { rememberHealth } from '../../plan/snapshot-health.ts';
import type { ObjectStore, Ports } from '../../ports.ts';
import { loadHead, saveHead } from '../../state/heads.ts';
import { isLive } from '../../state/live-lease.ts';

/** How long a silent worker keeps an application to itself. Renewed with every save, and during waits. */
const leaseMs = 60_000;

/** A lease for this worker from now on. */
export function leaseFor({ worker, clock }: Pick<Ports, 'worker' | 'clock'>): Lease {
  return { holder: worker.id, until: new Date(clock.now().getTime() + leaseMs).toISOString() };
}

/** One application's head for the length of a run: read once, moved only by compare-and-swap. */
export class HeadSession {
  readonly #store: ObjectStore;
  #head: Head;
  #etag: string | undefined;
  #inventoryOf: Pick<Head, 'cluster' | 'server'>;

  private constructor(
    store: ObjectStore,
    head: Head,
    opened: { readonly etag: string | undefined; readonly on: Pick<Head, 'cluster' | 'server'> },
  ) {
    this.#store = store;
    this.#head = head;
    this.#etag = opened.etag;
    this.#inventoryOf = opened.on;
  }

  /** Reads the head, or begins a new one that is not written before the first save. */
  static async open(
    store: ObjectStore,
    fresh: { application: string; project: string; cluster: string; server?: string },
  ): Promise<HeadSession> {
    const loaded = await loadHead(store, fresh.application);
    const head = loaded?.head ?? newHead(fresh.application, fresh.project, fresh.cluster);
    return new HeadSession(
      store,
      { ...moveToProject(head, fresh.project), ...fresh },
      { etag: loaded?.etag, on: head },
    );
  }

  get head(): Head {
    return this.#head;
  }

  /** The cluster that the inventory is in, as it was last read or saved. */
  get inventoryOf(): Pick<Head, 'cluster' | 'server'> {
    return this.#inventoryOf;
  }

  /** Moves the head; SyncError `sync-locked` when somebody else moved it since it was read. */
  async save(head: Head): Promise<void> {
    const next = rememberHealth(head);
    const saved = await saveHead(this.#store, next, this.#etag ?? 'absent');
    if (!saved.won) throw lostRace(head.application);
    this.#head = next;
    this.#etag = saved.etag;
    this.#inventoryOf = next;
  }

  /**
   * Keeps the running operation to this worker, for waits that save nothing else: looks whether anybody has moved the head,
   * a rollback for one, and renews the lease when half of it is over.
   */
  async renewLease(ports: Pick<Ports, 'worker' | 'clock'>): Promise<void> {
    const { application, operation } = this.#head;
    if (operation?.lease === undefined) return;
    const left = Date.parse(operation.lease.until) - ports.clock.now().getTime();
    // More than a whole lease is left when the clock was set back.
    if (left <= leaseMs / 2 || left > leaseMs)
      return this.save({ ...this.#head, operation: { ...operation, lease: leaseFor(ports) } });
    const current = await loadHead(this.#store, application);
    if (current?.etag !== this.#etag) throw lostRace(application);
  }

  /** Takes this worker's name off the operation when it was lost to another process, which need not wait for the lease then. */
  async releaseLease({ worker }: Pick<Ports, 'worker'>): Promise<void> {
    const current = await loadHead(this.#store, this.#head.application);
    const operation = current?.head.operation;
    if (current === undefined || operation?.lease?.holder !== worker.id) return;
    // Another job of this very process may have begun one since: that is not lost.
    if (operation.id !== this.#head.operation?.id) return;
    const { lease: _released, ...rest } = operation;
    // Whoever is faster looks at the lease anew.
    await saveHead(this.#store, { ...current.head, operation: rest }, current.etag);
  }
}

/** The lease of another live worker on the application's running operation; undefined: nobody else works on it. */
export function leaseOfOther({ operation }: Head, ports: Pick<Ports, 'worker' | 'clock'>): Lease | undefined {
  const lease = operation?.phase === 'Running' ? operation.lease : undefined;
  if (lease === undefined || lease.holder === ports.worker.id) return undefined;
  return isLive(lease, ports) ? lease : undefined;
}

/** Throws what `heldByOther` gives. */
export function refuseWhileHeld(head: Head, ports: Pick<Ports, 'worker' | 'clock'>): void {
  const held = heldByOther(head, ports);
  if (held !== undefined) throw held;
}

/** A SyncError `sync-locked` while another live worker holds the application's running operation; else undefined. */
export function heldByOther(head: Head, ports: Pick<Ports, 'worker' | 'clock'>): SyncError | undefined {
  const lease = leaseOfOther(head, ports);
  if (lease === undefined) return undefined;
  return new SyncError(
    'sync-locked',
    `${head.application}: another sync is running (${lease.holder}, since ${head.operation?.startedAt})`,
    {
      object: head.application,
      hint: `wait for it to end; it is taken over by itself at ${lease.until} if its process has died`,
      retryable: true,
    },
  );
}

function lostRace(application: string): SyncError {
  return new SyncError(
    'sync-locked',
    `${application}: another process has moved its state meanwhile; this run stops and leaves it alone`,
    {
      object: application,
      hint: `see what the other one does with: plumb status ${application}`,
      retryable: true,
    },
  );
}
