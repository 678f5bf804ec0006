/** A ref as a Git host lists it; `peeled` is the commit behind an annotated tag. */
export type GitRef = {
  readonly name: string;
  readonly oid: string;
  readonly peeled?: string;
  readonly target?: string;
};

export type Commit = {
  readonly sha: string;
  readonly author: string;
  readonly subject: string;
  /** ISO 8601. */
  readonly time: string;
};

/** What a source's targetRevision came to. For charts, `revision` is the version and `digest` the archive's. */
export type ResolvedSource = {
  /** As it may be shown: without user name and password. */
  readonly repoURL: string;
  readonly revision: string;
  readonly path?: string;
  readonly chart?: string;
  readonly digest?: string;
  readonly commit?: Commit;
};
