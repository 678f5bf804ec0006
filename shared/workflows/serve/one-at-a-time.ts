/**
 * An action that is never under way twice: whoever asks while it is gets the next one, which all who asked share, so that nobody
 * is given what was read before they asked. It must not fail.
 */
export function oneAtATime(act: () => Promise<void>): () => Promise<void> {
  let running = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= running.then(() => {
      next = undefined;
      running = act();
      return running;
    });
    return next;
  };
}
