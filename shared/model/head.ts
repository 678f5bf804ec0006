import type { Answered } from './answered.ts';
import type { Inventory } from './inventory.ts';
import type { Operation } from './operation.ts';
import type { Pin, Refusal } from './pin.ts';
import type { ResolvedSource } from './revision.ts';
import type { SecretRecord } from './secret-record.ts';
import type { SnapshotNote } from './snapshot.ts';
import type { Health, SyncCode } from './status.ts';

/** The state of one application; the only object that changes while it is synced. */
export type Head = {
  readonly application: string;
  readonly project: string;
  readonly cluster: string;
  /** URL of that cluster's API server; absent before the first sync. */
  readonly server?: string;
  /** The application of applications that had declared it when it was last synced; absent: a person had. */
  readonly parent?: string;
  readonly sync: { readonly code: SyncCode; readonly message: string };
  readonly health: Health;
  /** What is deployed: the render and revisions of the last sync that succeeded. */
  readonly deployed?: {
    readonly renderDigest: string;
    readonly sources: readonly ResolvedSource[];
    readonly at: string;
    /** The project that it was rendered for, where the application has moved to another one since. */
    readonly project?: string;
  };
  /** The running operation, or the last one. */
  readonly operation?: Operation;
  readonly inventory: Inventory;
  /** Present while it is kept as a snapshot says. */
  readonly pin?: Pin;
  /** What Git is not let back to, newest last. */
  readonly refused: readonly Refusal[];
  /** How its secrets were resolved when they last were; absent: it has none. */
  readonly secrets?: readonly SecretRecord[];
  /** When they were last read by the clock or an event, ISO 8601. */
  readonly secretsReadAt?: string;
  /** The snapshots that are kept, newest last. */
  readonly snapshots: readonly SnapshotNote[];
  /** When it was last compared with the cluster, ISO 8601. */
  readonly checkedAt?: string;
  /** What came of what a person had last asked an installation for. */
  readonly answered?: Answered;
};

/** The head of an application that was never synced. */
export function newHead(application: string, project: string, cluster: string): Head {
  return {
    application,
    project,
    cluster,
    sync: { code: 'Unknown', message: 'never compared' },
    health: { code: 'Missing', message: 'never synced' },
    inventory: [],
    refused: [],
    snapshots: [],
  };
}

/** The head of an application that is in that project now; what is deployed stays a render of the project that it was in. */
export function moveToProject(head: Head, project: string): Head {
  const { deployed } = head;
  if (deployed === undefined || head.project === project) return { ...head, project };
  return { ...head, project, deployed: { ...deployed, project: deployed.project ?? head.project } };
}
