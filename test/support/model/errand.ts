import type { Head } from '../../../shared/model/head.ts';
import { Job } from './interleaver.ts';

export const errands = ['poll', 'scan', 'health', 'look', 'sync', 'rollback', 'unpin', 'collect'] as const;

/** What a job is about. `look`: whether Git wants something newer than what is under way. */
export type ErrandKind = (typeof errands)[number];

/** A job, with what the rules need to know of it: what it has read, and what it has written. */
export class Errand extends Job {
  readonly kind: ErrandKind;
  /** What Git said when it was last asked, and when that was, in ticks. */
  gitLook: { readonly at: number; readonly sha: string } | undefined;
  /** A revision that a person named. */
  revision: string | undefined;
  /** The head that it knows to have saved last. */
  saved: Head | undefined;
  /** Waves that it has begun, and how many it had begun when it saved the head last. */
  waves = 0;
  wavesWhenSaved = 0;
  /** The uids of the objects that it has seen. */
  readonly seen: Set<string> = new Set();

  constructor(name: string, about: { readonly kind: ErrandKind; readonly worker: string }) {
    super(name, about.worker);
    this.kind = about.kind;
  }
}
