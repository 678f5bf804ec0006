import type { Head } from '../../shared/model/head.ts';
import type { Clock, Progress, Reporter } from '../../shared/ports.ts';
import { keys } from '../../shared/state/keys.ts';
import type { HeadFeed, SeenHeads } from '../watching/head-feed.ts';
import { outlive } from '../watching/outlive.ts';

/** One of those that are watched together. */
export type Watch = {
  readonly name: string;
  /** Present once there is nothing more to wait for. */
  readonly ended: unknown;
  see(head: Head | undefined, now: number): readonly Progress[];
  /** Its head cannot be read. */
  fail(error: unknown): void;
};

export type Watching<Each extends Watch> = {
  readonly feed: HeadFeed;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Ends the watching, and nothing else. */
  readonly signal: AbortSignal;
  /** Told of each as soon as it has ended. */
  readonly onEnded: (watch: Each) => void;
};

const lookEveryMs = 1_000;

/** Looks at the heads until all watches have ended, or the signal fires; a store that does not answer for a while is outlived. */
export async function watchHeads<Each extends Watch>(
  watches: readonly Each[],
  watching: Watching<Each>,
): Promise<void> {
  const { feed, clock, reporter, signal } = watching;
  let open = watches;
  while (open.length > 0 && !signal.aborted) {
    const seen = await outlive(() => feed.look(), reporter);
    if (seen !== undefined) open = seeAll(open, seen, watching);
    if (open.length > 0) await clock.sleep(lookEveryMs, signal);
  }
}

function seeAll<Each extends Watch>(
  open: readonly Each[],
  { heads, unreadable }: SeenHeads,
  { clock, reporter, onEnded }: Watching<Each>,
): readonly Each[] {
  const now = clock.now().getTime();
  return open.filter((watch) => {
    const hidden = unreadable.find(({ key }) => key === keys.head(watch.name));
    if (hidden !== undefined) watch.fail(hidden.error);
    else for (const progress of watch.see(heads.get(watch.name), now)) reporter.report(progress);
    if (watch.ended === undefined) return true;
    onEnded(watch);
    return false;
  });
}
