import type { ChangeCounts, ObjectResult } from './change.ts';
import type { ResolvedSource } from './revision.ts';

export const syncReasons = ['manual', 'git', 'drift', 'retry', 'rollback', 'restore', 'secret'] as const;
export type SyncReason = (typeof syncReasons)[number];

export const phases = ['Running', 'Succeeded', 'Failed'] as const;
export type Phase = (typeof phases)[number];

/** Who works on an operation, and until when nobody else may. */
export type Lease = { readonly holder: string; readonly until: string };

/** How often a wave was left without any progress, the first time at `since` (ISO 8601). */
export type Stalled = { readonly wave: number; readonly handBacks: number; readonly since: string };

/**
 * A sync that may be left and taken up again at any instruction.
 * `cursor` is the index of the wave that is next; all waves before it are applied and settled.
 */
export type Operation = {
  readonly id: string;
  readonly reason: SyncReason;
  readonly phase: Phase;
  readonly sources: readonly ResolvedSource[];
  readonly renderDigest: string;
  /** The name of the snapshot that it ends in, if it changes what is deployed. */
  readonly snapshot: string;
  /** What it set out to change, compared with what was owned when it started. */
  readonly changes: ChangeCounts;
  readonly prune: boolean;
  /** Empty: all objects. Else only these, as `group/kind/namespace/name` keys. */
  readonly selected: readonly string[];
  readonly cursor: number;
  readonly attempt: number;
  /** What asked for it: a delivery, a tick of the clock, a person; absent: whoever ran the command. */
  readonly origin?: string;
  /** Present once a wave was left before it was healthy, to be gone on with. */
  readonly stalled?: Stalled;
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** True when all that failed may pass by itself: a cluster that was away, for one. */
  readonly retryable?: boolean;
  /** One sentence: the outcome, or what is waited for. */
  readonly message: string;
  readonly results: readonly ObjectResult[];
  readonly lease?: Lease;
};
