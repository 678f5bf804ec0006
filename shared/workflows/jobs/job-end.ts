/** How work on a job ended for now. `again`: it is to be gone on with after so many milliseconds, by whoever gets it next. */
export type JobEnd =
  | { readonly is: 'done' }
  | { readonly is: 'again'; readonly afterMs: number; readonly waitsFor: string }
  /** Nothing comes of it however often it is tried. */
  | { readonly is: 'hopeless'; readonly reason: string };

/** There is nothing left to do. */
export const done: JobEnd = { is: 'done' };
