import type { Push, PushedRef } from '../../model/push.ts';

/** More than any burst brings of different repositories; beyond it, the oldest wait for the next look at Git. */
const mostRepositories = 10_000;

/** The same of branches and tags of one repository. */
const mostRefs = 10_000;

/** With more, everything may have changed. */
const mostPaths = 10_000;

/** Holds pushes until somebody looks; those of one repository become one, so that a burst costs no more than a push. */
export class PushInbox {
  readonly #waiting = new Map<string, Push>();
  #wake: (() => void) | undefined;

  put(push: Push): void {
    if (push.refs.length === 0) return;
    const key = JSON.stringify([push.provider, ...push.repoURLs]);
    const before = this.#waiting.get(key);
    this.#waiting.set(key, before === undefined ? push : merge(before, push));
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > mostRepositories && oldest !== undefined) this.#waiting.delete(oldest);
    this.#wake?.();
  }

  /** All that has come since the last time, waiting for the first; nothing when the signal fires. */
  async take(signal: AbortSignal): Promise<readonly Push[]> {
    if (this.#waiting.size === 0 && !signal.aborted) {
      const woken = Promise.withResolvers<void>();
      this.#wake = () => woken.resolve();
      const wake = (): void => woken.resolve();
      signal.addEventListener('abort', wake, { once: true });
      await woken.promise;
      signal.removeEventListener('abort', wake);
      this.#wake = undefined;
    }
    const taken = [...this.#waiting.values()];
    this.#waiting.clear();
    return taken;
  }
}

/** Where one of the two does not know which paths changed, nobody does. */
function merge(before: Push, later: Push): Push {
  const { changedPaths: _unknown, ...both } = { ...before, ...later };
  const refs = new Map<string, PushedRef>([...before.refs, ...later.refs].map((ref) => [ref.name, ref]));
  const changedPaths = mergePaths(before.changedPaths, later.changedPaths);
  return {
    ...both,
    refs: [...refs.values()].slice(-mostRefs),
    ...(changedPaths === undefined ? {} : { changedPaths }),
  };
}

function mergePaths(
  before: readonly string[] | undefined,
  later: readonly string[] | undefined,
): readonly string[] | undefined {
  if (before === undefined || later === undefined) return undefined;
  const paths = new Set([...before, ...later]);
  return paths.size > mostPaths ? undefined : [...paths];
}
