import { adviceOf, PlumbError } from '../../shared/errors.ts';
import type { Announced } from '../../shared/model/announced.ts';
import type { StateEvent } from '../../shared/model/state-event.ts';
import { announcedOf, stateEvents } from '../../shared/plan/state-events.ts';
import type { Clock, Reporter } from '../../shared/ports.ts';
import type { HeadFeed, SeenHeads } from './head-feed.ts';

const lookEveryMs = 2_000;

export type Tailing = {
  readonly feed: HeadFeed;
  readonly clock: Clock;
  /** Of what goes wrong meanwhile. */
  readonly reporter: Reporter;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told once, of the applications that are there at the beginning. */
  readonly onBegin?: (applications: readonly string[]) => void;
  readonly onEvent: (event: StateEvent) => void;
};

/** Tells what happens to applications from now on. A store that cannot be read for a while is outlived; at the beginning it is an error. */
export async function tailEvents(tailing: Tailing): Promise<void> {
  const { feed, clock, signal } = tailing;
  const first = await feed.look();
  const known = new Map([...first.heads].map(([name, head]) => [name, announcedOf(head)]));
  const troubles = new Troubles(tailing.reporter);
  troubles.tellUnreadable(first);
  tailing.onBegin?.([...known.keys()]);
  for (;;) {
    await clock.sleep(lookEveryMs, signal);
    if (signal.aborted) return;
    await lookAgain(tailing, known, troubles);
  }
}

async function lookAgain(
  { feed, clock, onEvent }: Tailing,
  known: Map<string, Announced>,
  troubles: Troubles,
): Promise<void> {
  let seen: SeenHeads;
  try {
    seen = await feed.look();
  } catch (error) {
    if (!(error instanceof PlumbError)) throw error;
    troubles.tell([adviceOf(error)]);
    return;
  }
  troubles.tellUnreadable(seen);
  const at = clock.now().toISOString();
  for (const [name, head] of seen.heads) {
    const before = known.get(name);
    const events = stateEvents(before, head, at);
    for (const event of events) onEvent(event);
    const toldAt = events.length > 0 ? at : before?.at;
    known.set(name, { ...announcedOf(head), ...(toldAt === undefined ? {} : { at: toldAt }) });
  }
  const hidden = seen.unreadable.length > 0;
  // What cannot be read now is not gone, and what comes back is no news.
  for (const name of known.keys()) if (!hidden && !seen.heads.has(name)) known.delete(name);
}

/** Tells each trouble when it comes, and not again while it stays. */
class Troubles {
  readonly #reporter: Reporter;
  #last: ReadonlySet<string> = new Set();

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  tellUnreadable({ unreadable }: SeenHeads): void {
    this.tell(unreadable.map(({ error }) => adviceOf(error)));
  }

  tell(messages: readonly string[]): void {
    const news = messages.filter((message) => !this.#last.has(message));
    for (const message of news) this.#reporter.report({ type: 'notice', level: 'warning', message });
    this.#last = new Set(messages);
  }
}
