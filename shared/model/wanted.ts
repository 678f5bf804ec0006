import type { ToolVersions } from './render.ts';
import type { ResolvedSource } from './revision.ts';

/** What Git makes of an application. */
export type WantedRendered = {
  /** Of the application and project that it was rendered for: see specOf. */
  readonly spec: string;
  readonly sources: readonly ResolvedSource[];
  readonly renderDigest: string;
  readonly warnings: readonly string[];
  readonly tools: ToolVersions;
};

/** What stands between an application and its newest commit. */
export type WantedProblem = {
  readonly spec: string;
  readonly message: string;
  readonly hint?: string;
};

/** What those who render leave to those who sync: the last render that succeeded, and what is wrong with the newest commit. */
export type WantedByGit = {
  readonly application: string;
  readonly project: string;
  readonly rendered?: WantedRendered;
  readonly problem?: WantedProblem;
  /** ISO 8601. */
  readonly at: string;
  /** What it goes back to: a delivery, a tick of the clock, a person. */
  readonly origin: string;
};
