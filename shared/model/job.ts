/**
 * Work for those who render. `declare`: what is declared may have changed. `look`: a repository may have moved.
 * A job says where to look and never what to do; it may come twice, late, or out of order.
 */
export type RenderJob =
  | { readonly work: 'declare' }
  | {
      readonly work: 'look';
      /** The repository in any spelling. */
      readonly repoURLs: readonly string[];
    };

export const followCauses = ['git', 'drift', 'secret', 'retry', 'health'] as const;

/** Why an application is looked at; for `health`: what its last sync has begun to roll out. */
export type FollowCause = (typeof followCauses)[number];

/** Work on one application, for those who hold clusters. */
export type SyncJob =
  /** To do what its policy says now. */
  | { readonly work: 'follow'; readonly application: string; readonly cause: FollowCause }
  /** A person asks for a sync, whatever the policy says. */
  | {
      readonly work: 'sync';
      readonly application: string;
      readonly prune?: boolean;
      readonly approvePrune?: boolean;
      readonly resources?: readonly string[];
    }
  /** A person lets it go on with Git. */
  | { readonly work: 'unpin'; readonly application: string }
  /** A person asks to go back; the fields are those of a rollback. */
  | {
      readonly work: 'rollback';
      readonly application: string;
      readonly snapshot?: string;
      readonly until?: 'git-moves' | 'unpinned';
      readonly secrets?: 'as-of-snapshot';
      readonly why?: string;
    };

/** A person asks for a cluster's applications back; `at` is ISO 8601, `apps` a glob. */
export type RestoreJob = {
  readonly work: 'restore';
  readonly cluster: string;
  readonly to?: string;
  readonly at?: string;
  readonly apps?: string;
};

export type Job = RenderJob | SyncJob | RestoreJob;

/** What waits in a queue. */
export type JobMessage<Work extends Job = Job> = {
  readonly job: Work;
  /** What it goes back to: a delivery, a tick of the clock, a person. Kept to the snapshot and every event that comes of it. */
  readonly origin: string;
  /** How often it was worked on as another message before; absent: never. */
  readonly tries?: number;
};
