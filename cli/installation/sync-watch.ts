import { PlumbError } from '../../shared/errors.ts';
import type { Application } from '../../shared/model/application.ts';
import type { Head } from '../../shared/model/head.ts';
import type { Operation } from '../../shared/model/operation.ts';
import type { SyncOutcome } from '../../shared/model/sync-request.ts';
import type { Progress } from '../../shared/ports.ts';
import { formatElapsed } from '../duration.ts';
import { headProgress, unhealthyIn } from './head-progress.ts';
import { judgeHead, type Stage } from './judge-head.ts';
import { watchedOutcome } from './watched-outcome.ts';

/** What was asked of an installation for one application, and how long it is watched. Times are in milliseconds. */
export type AskedSync = {
  readonly application: Application;
  readonly origin: string;
  readonly sentAt: number;
  /** True: only some of its objects were asked for. */
  readonly isPartial: boolean;
  /** How long it may take to become healthy once it is synced; absent: that is not waited for. */
  readonly waitMs?: number;
  /** How long the whole may take; absent: until it ends. */
  readonly timeoutMs?: number;
};

export type EndedSync =
  /** How it stands; before that, if it went back by itself, what it has gone back from. */
  | { readonly is: 'over'; readonly outcomes: readonly SyncOutcome[]; readonly isInTime: boolean }
  | { readonly is: 'refused'; readonly error: unknown };

/** Nothing has moved for so long: nobody works on it. A private network's word comes within minutes. */
const quietMs = 10 * 60_000;
/** A cold start, and a look into the queue. */
const usualMs = 20_000;

/** Follows what becomes of one application in an installation, look by look. */
export class SyncWatch {
  readonly asked: AskedSync;
  #last: Head | undefined;
  #movedAt: number;
  #overAt: number | undefined;
  #saidOf = new Set<string>();
  #goneBackFrom: SyncOutcome | undefined;
  #ended: EndedSync | undefined;

  /** `before`: the head as it was when nothing had been asked for yet. */
  constructor(asked: AskedSync, before: Head | undefined) {
    this.asked = asked;
    this.#last = before;
    this.#movedAt = asked.sentAt;
  }

  get name(): string {
    return this.asked.application.name;
  }

  /** Undefined while there is something to wait for. */
  get ended(): EndedSync | undefined {
    return this.#ended;
  }

  /** Takes in the head as it is now; gives what is to be told of it. */
  see(head: Head | undefined, now: number): readonly Progress[] {
    const { application, origin } = this.asked;
    const before = this.#last;
    if (head !== before) this.#movedAt = now;
    this.#last = head;
    const stage = judgeHead(head, origin, application);
    const told = this.#tell(stage, { before, head, now });
    this.#end(stage, head, now);
    return told;
  }

  /** Nothing more can be learned of it. */
  fail(error: unknown): void {
    this.#ended = { is: 'refused', error };
  }

  #tell(stage: Stage, { before, head, now }: Look): readonly Progress[] {
    if (stage.is === 'waiting') return now - this.asked.sentAt < usualMs ? [] : this.#once('waiting', notTakenUp);
    if (stage.is === 'behind') return this.#once(stage.operation.id, describeOther(stage.operation));
    if (head === undefined || stage.is === 'refused') return [];
    const isOwn = head.operation?.origin === this.asked.origin;
    const news = isOwn ? headProgress(before, head) : [];
    if (stage.is === 'going-back') {
      this.#goneBackFrom ??= this.#outcomeOf(head);
      const message = `it failed, and goes back by itself: ${stage.failed.message}`;
      return [...news, ...this.#once(`back ${stage.failed.id}`, message, 'warning')];
    }
    const waiting = stage.is === 'over' && this.asked.waitMs !== undefined ? unhealthyIn(head) : undefined;
    return waiting === undefined ? news : [...news, waiting];
  }

  #end(stage: Stage, head: Head | undefined, now: number): void {
    if (stage.is === 'refused') this.#ended = { is: 'refused', error: stage.error };
    else if (stage.is === 'over' && head !== undefined) this.#endOver(head, now);
    else if (now - this.#movedAt > quietMs || this.#isLate(now)) this.#endLate(stage, head, now);
  }

  #endOver(head: Head, now: number): void {
    this.#overAt ??= now;
    const { waitMs } = this.asked;
    const isSettled = waitMs === undefined || ['Healthy', 'Degraded'].includes(head.health.code);
    const isFailed = head.operation?.origin === this.asked.origin && head.operation.phase === 'Failed';
    const isLate = waitMs !== undefined && now - this.#overAt > waitMs;
    if (isSettled || isFailed || isLate || this.#isLate(now)) this.#ended = this.#over(head, true);
  }

  /** What has begun goes on without being watched. */
  #endLate({ is }: Stage, head: Head | undefined, now: number): void {
    const hasBegun = is === 'running' || is === 'going-back';
    this.#ended =
      head !== undefined && hasBegun
        ? this.#over(head, false)
        : { is: 'refused', error: notBegun(this.name, now - this.asked.sentAt) };
  }

  #isLate(now: number): boolean {
    const { timeoutMs, sentAt } = this.asked;
    return timeoutMs !== undefined && now - sentAt > timeoutMs;
  }

  #over(head: Head, isInTime: boolean): EndedSync {
    const first = this.#goneBackFrom;
    const outcomes = [...(first === undefined ? [] : [first]), this.#outcomeOf(head)];
    return { is: 'over', outcomes, isInTime };
  }

  #outcomeOf(head: Head): SyncOutcome {
    return watchedOutcome(head, this.asked);
  }

  #once(key: string, message: string, level: 'info' | 'warning' = 'info'): readonly Progress[] {
    if (this.#saidOf.has(key)) return [];
    this.#saidOf.add(key);
    return [{ type: 'notice', level, application: this.name, message }];
  }
}

type Look = { readonly before: Head | undefined; readonly head: Head | undefined; readonly now: number };

const notTakenUp = 'it waits in the queue of the installation; nobody has taken it up yet';

function describeOther({ reason, origin, message }: Operation): string {
  const who = [reason, origin].filter((part) => part !== undefined).join(', ');
  return `waits for the sync that is under way (${who}): ${message}`;
}

function notBegun(application: string, ms: number): PlumbError {
  return new PlumbError('timeout', `${application}: nothing has come of it in ${formatElapsed(ms)}`, {
    object: application,
    hint: `it may still be done: see plumb status ${application}; plumb doctor --aws looks at queues, functions and dead letters`,
    retryable: true,
  });
}
