import { gunzipSync } from 'node:zlib';
import type { DeleteConditions, ObjectAddress } from '../../../shared/cluster-ports.ts';
import type { Head } from '../../../shared/model/head.ts';
import { canonicalJson, type Json } from '../../../shared/model/json.ts';
import type { LiveObject, Manifest } from '../../../shared/model/manifest.ts';
import { formatRef, keyOf, refOf } from '../../../shared/model/object-ref.ts';
import type { Snapshot, SnapshotNote } from '../../../shared/model/snapshot.ts';
import { trackingOwner } from '../../../shared/plan/tracking.ts';
import type { ObjectStore, WriteCondition } from '../../../shared/ports.ts';
import { decode } from '../../../shared/state/codec.ts';
import { keys } from '../../../shared/state/keys.ts';
import type { Errand } from './errand.ts';
import { headRules, type Move } from './head-rules.ts';
import type { Interleaver } from './interleaver.ts';
import type { MemoryCluster } from './memory-cluster.ts';
import type { MemoryGit } from './memory-git.ts';
import type { MemoryStore } from './memory-store.ts';

/** What is watched, as it truly is, whatever is made believe to the engine. */
export type Watched = {
  readonly application: string;
  readonly memory: MemoryStore;
  readonly cluster: MemoryCluster;
  readonly git: MemoryGit;
  readonly interleaver: Interleaver;
  readonly ended: ReadonlySet<string>;
  readonly rendersOf: Move['rendersOf'];
  /** The manifests of a render. */
  readonly manifestsOf: (digest: string) => readonly Manifest[] | undefined;
};

type Putting = { readonly errand: Errand; readonly key: string; readonly condition: WriteCondition | undefined };

/** Sees every call that takes effect, and notes what must not be. */
export class Watch {
  readonly violations: string[] = [];
  readonly #watched: Watched;
  readonly #closed = new Set<string>();
  readonly #snapshotOf = new Map<string, string>();
  #tick = 0;
  /** When what is deployed, under way or in Git's way was last changed. */
  #movedAt = -1;
  #unconfirmed: { readonly errand: Errand; readonly head: Head } | undefined;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  violated(errand: Errand, what: string): void {
    this.violations.push(`${errand.name}: ${what}`);
  }

  asksGit(errand: Errand): void {
    this.#tick += 1;
    errand.gitLook = { at: this.#tick, sha: this.#watched.git.tip ?? '' };
  }

  sees(errand: Errand, live: LiveObject | undefined): LiveObject | undefined {
    if (live !== undefined) errand.seen.add(live.metadata.uid);
    return live;
  }

  async putting(
    { errand, key, condition }: Putting,
    put: () => ReturnType<ObjectStore['put']>,
  ): ReturnType<ObjectStore['put']> {
    const { memory, application } = this.#watched;
    const before = memory.peek(key);
    const result = await put();
    const after = memory.peek(key);
    this.#tick += 1;
    if (after === undefined || after === before) return result;
    if (key.startsWith(keys.snapshots)) this.#snapshotWritten(errand, key);
    if (key !== keys.head(application)) return result;
    const headBefore = before && { head: headIn(before.body), etag: before.etag };
    this.#headMoved({ errand, condition, before: headBefore, after: headIn(after.body) });
    return result;
  }

  /** Whoever put it knows that it is there. */
  confirmed(key: string): void {
    if (key !== keys.head(this.#watched.application) || this.#unconfirmed === undefined) return;
    const { errand, head } = this.#unconfirmed;
    errand.saved = head;
    errand.wavesWhenSaved = errand.waves;
  }

  applies(errand: Errand, manifest: Manifest): void {
    const ref = refOf(manifest);
    const before = this.#watched.cluster.find(ref);
    const what = `applies ${formatRef(ref)}`;
    this.#mayWrite(errand, what, keyOf(ref));
    const wanted = this.#wantedBy(errand)?.find((each) => each.metadata.name === ref.name && each.kind === ref.kind);
    if (wanted === undefined || !hasSameBody(wanted, manifest))
      this.violated(errand, `${what} otherwise than its operation's render says`);
    const owner = before && trackingOwner(before)?.application;
    if (
      before !== undefined &&
      owner !== undefined &&
      owner !== this.#watched.application &&
      errand.seen.has(before.metadata.uid)
    )
      this.violated(errand, `${what}, which it has seen to belong to ${owner}`);
  }

  deletes(
    errand: Errand,
    { address, conditions }: { readonly address: ObjectAddress; readonly conditions: DeleteConditions },
  ): void {
    const live = this.#watched.cluster.find(address.ref);
    if (live?.metadata.uid !== conditions.uid || live.metadata.resourceVersion !== conditions.resourceVersion) return;
    const what = `deletes ${formatRef(address.ref)}`;
    this.#mayWrite(errand, what, keyOf(address.ref));
    if (trackingOwner(live)?.application !== this.#watched.application)
      this.violated(errand, `${what}, which is not ours`);
    if (
      this.#wantedBy(errand)?.some((each) => each.metadata.name === address.ref.name && each.kind === address.ref.kind)
    )
      this.violated(errand, `${what}, which its operation's render wants`);
  }

  #wantedBy({ saved }: Errand): readonly Manifest[] | undefined {
    return this.#watched.manifestsOf(saved?.operation?.renderDigest ?? '');
  }

  /** Every write is of an object that the head was saved with before, in the first wave after the errand saved it last. */
  #mayWrite(errand: Errand, what: string, key: string): void {
    const { saved, waves, wavesWhenSaved } = errand;
    if (saved?.operation?.phase !== 'Running') this.violated(errand, `${what} without an operation`);
    else if (!saved.inventory.some(({ ref }) => keyOf(ref) === key))
      this.violated(errand, `${what}, which is not in the inventory`);
    else if (waves - wavesWhenSaved > 1) this.violated(errand, `${what} in a wave after one that was not saved`);
  }

  #snapshotWritten(errand: Errand, key: string): void {
    const { operation, name, outcome } = this.#snapshotAt(key) ?? {};
    if (operation === undefined || name === undefined) return;
    // It may have failed in a run whose head was not saved, and then succeeded in the next one.
    const end = `${operation.id} ${outcome}`;
    const known = this.#snapshotOf.get(end);
    if (known !== undefined && known !== name)
      this.violated(errand, `makes a second snapshot of one operation: ${known}, ${name}`);
    this.#snapshotOf.set(end, name);
  }

  #headMoved(move: Pick<Move, 'errand' | 'condition' | 'before' | 'after'>): void {
    const { interleaver, rendersOf, ended } = this.#watched;
    const { errand, before, after } = move;
    const known = {
      now: interleaver.now,
      movedAt: this.#movedAt,
      rendersOf,
      closed: this.#closed,
    };
    const hasEnded = (worker: string): boolean => ended.has(worker) && worker[0] === errand.worker[0];
    for (const rule of headRules) {
      const wrong = rule({ ...move, ...known, hasEnded });
      if (wrong !== undefined) this.violated(errand, wrong);
    }
    this.#checkReferences(errand, after);
    const past = before?.head.operation;
    if (past !== undefined && past.id !== after.operation?.id) this.#closed.add(past.id);
    if (after.operation !== undefined && after.operation.phase !== 'Running') this.#closed.add(after.operation.id);
    if (before === undefined || standingOf(before.head) !== standingOf(after)) this.#movedAt = this.#tick;
    this.#unconfirmed = { errand, head: after };
  }

  /** A head speaks only of what is there. */
  #checkReferences(errand: Errand, head: Head): void {
    const { application, snapshots, pin, deployed, project } = head;
    for (const note of snapshots) this.#checkNote(errand, application, note);
    if (pin !== undefined && this.#snapshotAt(keys.snapshot(application, pin.snapshot)) === undefined)
      this.violated(errand, `is pinned to ${pin.snapshot}, which is not there`);
    for (const { renderDigest } of [...snapshots, pin, deployed].filter((each) => each !== undefined))
      if (!this.#isKept(keys.render(project, renderDigest)))
        this.violated(errand, `speaks of render ${renderDigest.slice(0, 8)}, which is not there`);
  }

  #checkNote(errand: Errand, application: string, { name, outcome, renderDigest }: SnapshotNote): void {
    const snapshot = this.#snapshotAt(keys.snapshot(application, name));
    if (snapshot === undefined) this.violated(errand, `notes ${name}, which is not there`);
    else if (snapshot.renderDigest !== renderDigest || snapshot.outcome !== outcome)
      this.violated(errand, `notes ${name} as ${outcome}, and the snapshot says ${snapshot.outcome}`);
  }

  #isKept(key: string): boolean {
    const { memory } = this.#watched;
    return memory.peek(key) !== undefined || memory.keysBelow(keys.garbageOf(key)).length > 0;
  }

  #snapshotAt(key: string): Snapshot | undefined {
    const { memory } = this.#watched;
    const copy = memory.keysBelow(keys.garbageOf(key)).at(-1);
    const stored = memory.peek(key) ?? (copy === undefined ? undefined : memory.peek(copy));
    return stored && (decode('snapshot', gunzipSync(stored.body), key) as unknown as Snapshot);
  }
}

/** All that a decision depends on: what was done and came to nothing else needs no newer look at Git. */
function standingOf({ deployed, operation, pin, refused }: Head): string {
  const isDone = operation?.phase === 'Succeeded' && operation.renderDigest === deployed?.renderDigest;
  return JSON.stringify([deployed?.renderDigest, isDone ? '' : operation?.id, pin, refused]);
}

function headIn(body: Uint8Array): Head {
  return decode('head', body, 'the head') as unknown as Head;
}

/** Everything but the metadata, which a sync completes. */
export function hasSameBody(wanted: Manifest, other: Manifest): boolean {
  const bodyOf = ({ data, spec }: Manifest): string => canonicalJson({ data, spec } as Json);
  return bodyOf(wanted) === bodyOf(other);
}
