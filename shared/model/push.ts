export const gitProviders = [
  'github',
  'gitlab',
  'gitea',
  'bitbucket-cloud',
  'bitbucket-server',
  'azure-devops',
] as const;

/** The Git hosts whose webhooks are understood; `gitea` stands for Forgejo and Gogs too. */
export type GitProvider = (typeof gitProviders)[number];

/** One ref that a push moved, made or deleted. */
export type PushedRef = {
  /** In full, such as `refs/heads/main` or `refs/tags/v1.2.3`. */
  readonly name: string;
  readonly deleted: boolean;
};

/**
 * What a webhook says of a push. Only a hint: it says where to look, and what is found there counts.
 * A ping, or an event that is no push, has no refs.
 */
export type Push = {
  readonly provider: GitProvider;
  /** The repository in every spelling that the payload gives. */
  readonly repoURLs: readonly string[];
  readonly refs: readonly PushedRef[];
  /** Short name; absent: the payload does not say. */
  readonly defaultBranch?: string;
  /** Paths that changed, from the repository's root. Absent: not known, so anything may have. */
  readonly changedPaths?: readonly string[];
  /** The host's own id of this delivery, for the log; absent: it gives none. */
  readonly delivery?: string;
};

/** The largest delivery that is read, in bytes: 6 MB, as much as a Lambda function is given. */
export const maxDeliveryBytes: number = 6 * 1024 * 1024;

/** A webhook's request as it came in. Nothing of it counts before its signature or token is checked. */
export type Delivery = {
  readonly headers: { readonly [lowerCaseName: string]: string | undefined };
  /** The bytes that were signed. */
  readonly body: Uint8Array;
};
