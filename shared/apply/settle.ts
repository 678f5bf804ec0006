import type { Cluster, ObjectAddress } from '../cluster-ports.ts';
import { messageOf } from '../errors.ts';
import { jsonAt } from '../model/json.ts';
import type { LiveObject } from '../model/manifest.ts';
import type { ObjectRef } from '../model/object-ref.ts';
import { keyOf } from '../model/object-ref.ts';
import type { Health, HealthCode } from '../model/status.ts';
import type { Clock } from '../ports.ts';
import { attempt } from './attempt.ts';

/** Something to wait for: an object to become healthy, or to be gone. */
export type Awaited = {
  readonly address: ObjectAddress;
  readonly until: 'healthy' | 'gone';
  /** For `gone`: another object of the same name counts as gone. */
  readonly uid: string;
};

/** How one awaited object stands. `live` is absent when it could not be read or is gone. */
export type Standing = {
  readonly ref: ObjectRef;
  readonly done: boolean;
  readonly code: HealthCode;
  readonly message: string;
  readonly live?: LiveObject;
};

export type SettleOptions = {
  readonly assess: (live: LiveObject) => Health | undefined;
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Called after each look with what is still waited for. */
  readonly onWaiting: (waiting: readonly Standing[]) => void | Promise<void>;
  readonly signal?: AbortSignal;
};

/** What is suspended on purpose (a paused rollout, a suspended CronJob) would be waited for in vain. */
const settledCodes: readonly HealthCode[] = ['Healthy', 'Suspended'];
const firstPauseMs = 200;
const longestPauseMs = 2_000;

/**
 * Looks at the objects until each is done, one is Degraded, the time is over or the signal fires.
 * Gives the last standing of each, in the given order.
 */
export async function settle(
  awaited: readonly Awaited[],
  cluster: Cluster,
  options: SettleOptions,
): Promise<readonly Standing[]> {
  const { clock, timeoutMs, signal } = options;
  const standings = new Map<string, Standing>();
  let left = timeoutMs;
  let pause = firstPauseMs;
  let waiting = awaited;
  for (;;) {
    const began = clock.now().getTime();
    const looked = await Promise.all(waiting.map((item) => look(item, cluster, options.assess)));
    for (const standing of looked) standings.set(keyOf(standing.ref), standing);
    waiting = waiting.filter(({ address }) => standings.get(keyOf(address.ref))?.done !== true);
    const all = awaited.map(({ address }) => standings.get(keyOf(address.ref)) as Standing);
    if (waiting.length === 0 || all.some(({ code }) => code === 'Degraded')) return all;
    if (pause > left || signal?.aborted === true) return all;
    await options.onWaiting(all.filter(({ done }) => !done));
    await clock.sleep(pause, signal);
    left -= passed(clock.now().getTime() - began, pause);
    pause = Math.min(pause * 1.5, longestPauseMs);
  }
}

/** Longer than any look takes that is not stuck. */
const longestLookMs = 120_000;

/** How long a look and the pause after it took, in milliseconds. A clock that was set meanwhile counts for the pause alone. */
function passed(measured: number, pause: number): number {
  return measured < pause || measured > pause + longestLookMs ? pause : measured;
}

async function look(item: Awaited, cluster: Cluster, assess: SettleOptions['assess']): Promise<Standing> {
  const { ref } = item.address;
  const metadataOnly = item.until === 'gone' && !isNamespace(ref);
  const read = await attempt(metadataOnly ? cluster.readMetadata(item.address) : cluster.read(item.address));
  if (!read.ok) return { ref, done: false, code: 'Unknown', message: `cannot be read: ${messageOf(read.error)}` };
  const live = read.value;
  if (item.until === 'gone') return standingOfLeaving(item, live);
  if (live === undefined)
    return { ref, done: true, code: 'Missing', message: 'it was deleted by somebody while it was waited for' };
  const health = assess(live);
  if (health === undefined) return { ref, done: true, code: 'Healthy', message: '', live };
  return { ref, done: settledCodes.includes(health.code), ...health, live };
}

function standingOfLeaving(item: Awaited, live: LiveObject | undefined): Standing {
  const { ref } = item.address;
  if (live === undefined || live.metadata.uid !== item.uid) return { ref, done: true, code: 'Missing', message: '' };
  const finalizers = Array.isArray(live.metadata.finalizers) ? live.metadata.finalizers.join(', ') : '';
  const heldBy = finalizers === '' ? [] : [`held by finalizer ${finalizers}`];
  return {
    ref,
    done: false,
    code: 'Progressing',
    message: ['is being deleted', ...heldBy, ...remains(live)].join('; '),
  };
}

/** The status of a namespace says what is left in it, and which finalizers hold that. */
function isNamespace({ group, kind }: ObjectRef): boolean {
  return group === '' && kind === 'Namespace';
}

function remains(live: LiveObject): readonly string[] {
  const conditions = jsonAt(live, 'status', 'conditions');
  if (!Array.isArray(conditions)) return [];
  const holding = conditions.filter((condition) => jsonAt(condition, 'status') === 'True');
  return holding.flatMap((condition) => {
    const message = jsonAt(condition, 'message');
    return typeof message === 'string' ? message : [];
  });
}
