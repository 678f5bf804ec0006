import type { Reporter } from '../../shared/ports.ts';

/** Where progress is shown while a command runs. Results go to stdout, everything else to stderr. */
export interface ProgressView extends Reporter {
  /** From now on each result says which application it is of. */
  nameApplications(): void;
  /** Prints a result, or an error, without disturbing what is shown. */
  print(text: string, to?: 'out' | 'err'): void;
  /** Nothing more will happen to the application. */
  finish(application: string): void;
  /** Takes away whatever is still shown. */
  close(): void;
}
