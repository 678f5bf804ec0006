import type { Application } from './application.ts';
import type { Project } from './project.ts';

/** An Application or project that cannot be used, and why; the others go on without it. */
export type Rejected = { readonly name: string; readonly origin: string; readonly error: Error };

/** An Application as declared, and where: a file and line, or the application that rendered it. */
export type DeclaredApplication = {
  readonly application: Application;
  readonly origin: string;
  /** The app of apps that rendered it; absent when a person declared it. */
  readonly parent?: string;
};

/** All that is declared: what `plumb` and `schedule` work on. */
export type Declarations = {
  readonly applications: readonly DeclaredApplication[];
  readonly projects: readonly Project[];
  readonly rejected: readonly Rejected[];
};
