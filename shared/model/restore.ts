import type { ObjectRef } from './object-ref.ts';
import type { Lease } from './operation.ts';

/** Which snapshot of an application is restored. */
export type RestoreChoice = {
  readonly application: string;
  readonly snapshot: string;
  /** True: something else came after it, so the application is pinned to it. */
  readonly isOlder: boolean;
};

/** What was asked, as it was written: the same words again go on with the same choices. */
export type RestoreAsked = { readonly to?: string; readonly at?: string; readonly apps?: string };

/** The restore of a cluster's applications that is under way, or the last one. */
export type RestoreRecord = {
  readonly id: string;
  /** The cluster whose applications they are. */
  readonly cluster: string;
  /** The cluster that they are restored to; it may be the same. */
  readonly to: string;
  readonly asked: RestoreAsked;
  readonly chosen: readonly RestoreChoice[];
  /** ISO 8601. */
  readonly startedAt: string;
  /** Who works on it; absent: nobody does. */
  readonly lease?: Lease;
  /** Absent: it is not finished. */
  readonly finishedAt?: string;
};

/** How many objects a restore makes, changes and leaves, may not or cannot restore, and takes away. */
export type RestoreCounts = {
  readonly create: number;
  readonly configure: number;
  readonly unchanged: number;
  readonly blocked: number;
  readonly prune: number;
};

export const restoreOutcomes = ['restored', 'unchanged', 'failed', 'blocked'] as const;

/** `unchanged`: there was nothing to do. `failed`: not all of it is restored. `blocked`: nothing of it was tried. */
export type RestoreOutcome = (typeof restoreOutcomes)[number];

/** An object that is not as the snapshot has it, and in what. */
export type RestoreDifference = {
  readonly ref: ObjectRef;
  readonly fields: readonly string[];
  /** Present where it is missing, left over or could not be compared. */
  readonly message?: string;
  /** Present where it could not be compared: it may be as in the snapshot, or not. */
  readonly unknown?: true;
};

/** An object, or without `field` all of it, that is not brought along. */
export type NotRestored = { readonly ref: ObjectRef; readonly field?: string; readonly reason: string };

/** Something that is restored as it is, and that a person has to look at before the other cluster takes over. */
export type RestoreWarning = {
  readonly ref: ObjectRef;
  readonly field: string;
  readonly value: string;
  readonly message: string;
};

export type RestoredApplication = {
  readonly application: string;
  /** Absent: none could be chosen. */
  readonly snapshot?: string;
  readonly outcome: RestoreOutcome;
  /** Why it failed or is blocked; else empty. */
  readonly message: string;
  /** Present when it is kept at the snapshot from now on. */
  readonly pinned?: true;
  /** What was done to its objects. */
  readonly counts: { readonly [action: string]: number };
  readonly notRestored: readonly NotRestored[];
  readonly warnings: readonly RestoreWarning[];
  readonly differences: readonly RestoreDifference[];
};

/** What a restore came to. Written once, beside the record. */
export type RestoreReport = {
  readonly id: string;
  readonly cluster: string;
  readonly to: string;
  readonly asked: RestoreAsked;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** By name. */
  readonly applications: readonly RestoredApplication[];
  /** Applications that were not to be restored, and why. */
  readonly leftOut: readonly { readonly application: string; readonly reason: string }[];
  /** How the objects were compared afterwards: by the API server's dry run, or by metadata, as last seen; or not, as they could not be. */
  readonly verified: { readonly byDryRun: number; readonly byMetadata: number; readonly unknown: number };
};

/** True when all of it is in the cluster as the snapshots have it. */
export function isRestored({ applications }: Pick<RestoreReport, 'applications'>): boolean {
  return applications.every(
    ({ outcome, differences }) => (outcome === 'restored' || outcome === 'unchanged') && differences.length === 0,
  );
}
