import type { Application } from './application.ts';
import type { ObjectResult } from './change.ts';
import type { Head } from './head.ts';
import type { ObjectRef } from './object-ref.ts';
import type { SyncReason } from './operation.ts';
import type { Project } from './project.ts';
import type { RenderedSources } from './render.ts';

/** What is asked of a sync. Everything but the application and its project may be left to the application's own policy. */
export type SyncRequest = {
  readonly application: Application;
  readonly project: Project;
  readonly reason: SyncReason;
  /** What asked for it: a delivery, a tick of the clock, a person; kept in the operation, its snapshot and its events. */
  readonly origin?: string;
  /** The application of applications that declares it; absent: a person does. */
  readonly parent?: string;
  /** The API server that the destination's name stood for when another cluster was meant by it; default: that of the cluster. */
  readonly declaredServer?: string;
  /** Takes the place of the first Git source's targetRevision. */
  readonly revision?: string;
  /** Default: what `syncPolicy.automated.prune` says. */
  readonly prune?: boolean;
  /** True: a person has agreed to a prune beyond the change budget and to the deletion of CRDs. Default false. */
  readonly approvePrune?: boolean;
  /** True: the application itself is to go, as its parent's budget allowed; all that it owns is pruned. Default false. */
  readonly leaving?: boolean;
  /** True: nothing is going to be changed, as for a diff. Default false. */
  readonly lookOnly?: boolean;
  /** Only these objects; globs over `group:Kind:namespace/name` or `group:Kind:name`, as `argocd app sync --resource`. Empty: all. */
  readonly resources?: readonly string[];
  /** Milliseconds to wait for health after the last wave; 0 (default): do not wait. */
  readonly waitMs?: number;
  /** Milliseconds that one wave may take to become healthy; default 15 minutes. */
  readonly waveTimeoutMs?: number;
  /** Aborts between calls; the operation can be taken up again. */
  readonly signal?: AbortSignal;
  /** Fires when something newer is wanted: waits are cut short, writes are not, and the operation is left to who comes next. */
  readonly superseded?: AbortSignal;
};

/** True when only some of the application's objects are asked for. */
export function isPartial({ resources = [] }: Pick<SyncRequest, 'resources'>): boolean {
  return resources.length > 0;
}

/** How a sync ended. A sync that changed nothing has only `unchanged` results. */
export type SyncOutcome = {
  readonly head: Head;
  readonly rendered: RenderedSources;
  readonly results: readonly ObjectResult[];
};

/** One object that is not as Git wants it. */
export type ObjectDifference = {
  readonly ref: ObjectRef;
  readonly change: 'create' | 'change' | 'prune';
  /** Unified YAML diff, Secret values masked. */
  readonly text: string;
  /** Dotted paths that differ, with the field manager that owns each in the cluster, where known. */
  readonly fields: readonly { readonly path: string; readonly manager?: string }[];
};

/** All that a sync would change. `unknown` could not be compared: nothing is claimed about it. */
export type ApplicationDiff = {
  readonly application: string;
  /** Which snapshot was compared, and with which one, `live` or `git`; absent: the cluster with Git, as a sync would. */
  readonly between?: { readonly from: string; readonly to: string };
  /** What the cluster was compared with; between others, that of `to`. */
  readonly rendered: RenderedSources;
  readonly differences: readonly ObjectDifference[];
  readonly unknown: readonly { readonly ref: ObjectRef; readonly message: string; readonly hint?: string }[];
  readonly notices: readonly string[];
};
