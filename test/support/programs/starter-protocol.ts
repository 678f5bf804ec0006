/** What is to be run, and where. */
export type ProgramOrder = {
  readonly path: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** All that it has of an environment. */
  readonly env: { readonly [name: string]: string };
};

/** `code` is null when it was killed, or did not start. `errors`: what it wrote to standard error. */
export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
};

/** The header of a request that holds the order; the body is the program's input, and that of the response its output. */
export const orderHeader = 'x-order';
/** The trailer of a response, which tells how the program has ended. */
export const endedTrailer = 'x-ended';

/** As a header can hold it. */
export function writeEnded({ errors, ...ended }: Ended): string {
  return encodeURIComponent(JSON.stringify({ ...ended, errors: errors.slice(0, 1_000) }));
}

/** What `writeEnded` has written. */
export function readEnded(text: string | undefined): Ended {
  return text === undefined
    ? { code: null, signal: null, errors: 'It was not told how the program ended' }
    : (JSON.parse(decodeURIComponent(text)) as Ended);
}
