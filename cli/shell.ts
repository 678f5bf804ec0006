/** What a command has of the process that it runs in; tests give another. */
export type Shell = {
  readonly env: { readonly [name: string]: string | undefined };
  readonly home: string;
  readonly folder: string;
  /** Results, for people or programs. */
  readonly writeOut: (text: string) => void;
  /** Progress, warnings and errors. */
  readonly writeErr: (text: string) => void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Columns of the terminal; 80 where it does not say. */
  readonly width: () => number;
  readonly readIn: () => Promise<string>;
  /** The same byte by byte, for what may be no text. */
  readonly readBytesIn: () => Promise<Buffer>;
  /** Once this was called, a first SIGINT or SIGTERM fires the signal and a second one ends the process; before, the first does. */
  readonly interruption: () => AbortSignal;
};
