import type { Source } from './application.ts';
import type { ResolvedSource } from './revision.ts';

export const pinLimits = ['git-moves', 'unpinned'] as const;

/** A pin ends by itself when Git moves on from what was refused, or only when a person unpins. */
export type PinLimit = (typeof pinLimits)[number];

/** While it is there, an application is kept as a snapshot says and not as Git does. */
export type Pin = {
  readonly snapshot: string;
  readonly renderDigest: string;
  readonly until: PinLimit;
  /** ISO 8601. */
  readonly at: string;
  /** Who or what asked for it, and why; one clause. */
  readonly why: string;
  /** What asked for it, so that who asks twice is not served twice; absent: whoever ran the command. */
  readonly origin?: string;
  /** Present: secrets are read in the versions that the snapshot had. */
  readonly secrets?: 'as-of-snapshot';
};

/** What Git wanted and a rollback took back. It is not applied again until somebody says so. */
export type Refusal = {
  readonly renderDigest: string;
  readonly sources: readonly ResolvedSource[];
  /** The sources as the Application had them. */
  readonly declared: readonly Source[];
  /** ISO 8601. */
  readonly at: string;
  readonly why: string;
};
