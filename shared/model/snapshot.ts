import type { Application } from './application.ts';
import type { ChangeCounts, ObjectResult } from './change.ts';
import type { Inventory } from './inventory.ts';
import type { SyncReason } from './operation.ts';
import type { Project } from './project.ts';
import type { ToolVersions } from './render.ts';
import type { ResolvedSource } from './revision.ts';
import type { SecretRecord } from './secret-record.ts';
import type { Health, HealthCode } from './status.ts';

export const snapshotOutcomes = ['Succeeded', 'Failed'] as const;
export type SnapshotOutcome = (typeof snapshotOutcomes)[number];

/** The cluster that was synced. `uid` is that of its namespace kube-system, which no other cluster has; absent: not readable. */
export type SnapshotCluster = {
  readonly name: string;
  readonly server: string;
  readonly version: string;
  readonly uid?: string;
};

/**
 * The record of one sync that changed what is deployed. Written once, never changed; its manifests are the render of that digest.
 * With application and project in it, it can be restored when neither Git nor the registry is there.
 */
export type Snapshot = {
  /** `<time>-<revision>`: later ones sort later. */
  readonly name: string;
  readonly application: Application;
  readonly project: Project;
  /** The application of applications that had declared it; absent: a person had. */
  readonly parent?: string;
  readonly cluster: SnapshotCluster;
  /** The API server that the destination's name stood for, where the application was restored to another cluster. */
  readonly declaredServer?: string;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly operation: {
    readonly id: string;
    readonly reason: SyncReason;
    readonly startedAt: string;
    /** What asked for it; absent: whoever ran the command. */
    readonly origin?: string;
  };
  readonly outcome: SnapshotOutcome;
  /** How the sync ended; one sentence. */
  readonly message: string;
  /** When it was taken: rollouts of the last wave may still have been under way. What came of them is in the head. */
  readonly health: Health;
  readonly sources: readonly ResolvedSource[];
  /** Absent where nothing was rendered. */
  readonly tools?: ToolVersions;
  readonly renderDigest: string;
  readonly inventory: Inventory;
  /** What its secrets were read from, in which versions; never a value. Absent: it has none. */
  readonly secrets?: readonly SecretRecord[];
  readonly results: readonly ObjectResult[];
  /** What the sync set out to change. */
  readonly changes: ChangeCounts;
  /** Present on the last snapshot of an application that was taken away with its objects. */
  readonly left?: true;
};

/**
 * What the head remembers of a snapshot. `health` is the best that was seen while it was deployed: once Healthy it stays so.
 */
export type SnapshotNote = {
  readonly name: string;
  readonly renderDigest: string;
  readonly outcome: SnapshotOutcome;
  readonly health: HealthCode;
};
