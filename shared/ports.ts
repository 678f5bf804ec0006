import type { Clusters } from './cluster-ports.ts';
import type { ObjectResult } from './model/change.ts';
import type { ObjectRef } from './model/object-ref.ts';
import type { Commit, GitRef } from './model/revision.ts';
import type { HealthCode } from './model/status.ts';
import type { SecretPorts } from './secret-ports.ts';

/** Repositories over HTTP(S). All failures are GitError, told apart by code. */
export interface GitHost {
  /** The refs whose full name starts with one of the prefixes, HEAD among them when asked by name. One request, no clone. */
  listRefs(repoURL: string, prefixes: readonly string[]): Promise<readonly GitRef[]>;
  /** One commit and its tree; fetched shallow unless it is kept already. `ref` helps where a host refuses bare SHAs. */
  openCommit(repoURL: string, wanted: { readonly sha: string; readonly ref?: string }): Promise<CommitTree>;
}

export type TreeEntry = {
  /** From the repository's root, with `/`, without a leading one. Empty for the root. */
  readonly path: string;
  readonly oid: string;
  readonly type: 'file' | 'folder' | 'symlink' | 'submodule';
};

/** The files of one commit, read from kept objects. */
export interface CommitTree {
  readonly repoURL: string;
  readonly commit: Commit;
  /** What is at a path, or undefined. The `oid` of a folder changes when, and only when, something below it does. */
  entryAt(path: string): Promise<TreeEntry | undefined>;
  /** What is in a folder, sorted by path; with `recurse`, everything below it. */
  list(folder: string, options?: { readonly recurse?: boolean }): Promise<readonly TreeEntry[]>;
  /** A file's bytes. A missing path is a GitError `git-path-unknown`; a symlink yields its target's text. */
  read(path: string): Promise<Uint8Array>;
  /** Writes the named files and folders, and nothing else, below `folder`, at their own paths. Links are made as links. */
  checkout(paths: readonly string[], folder: string): Promise<void>;
}

export type Command = {
  readonly program: 'helm' | 'kustomize';
  readonly args: readonly string[];
  /** The working folder; the program gets no other environment than PATH-free basics pointing into `home`. */
  readonly folder: string;
  readonly home: string;
  /** Added to the environment; build variables only, never a secret. */
  readonly environment?: { readonly [name: string]: string };
  /** False: the program can reach no network. */
  readonly network: boolean;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
};

export type CommandResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Runs the two programs that rendering needs. A time-out or too much output is a RenderError; an exit code is a result. */
export interface CommandRunner {
  run(command: Command): Promise<CommandResult>;
  /** Versions as the programs say them, such as `v4.1.4` and `v5.7.1`; part of every render's input key. */
  versions(): Promise<{ readonly helm: string; readonly kustomize: string }>;
}

export type StoredObject = { readonly body: Uint8Array; readonly etag: string };

export type StoreEntry = { readonly key: string; readonly etag: string };

/** `absent`: only if there is no object (If-None-Match: *). A string: only if the object still has that etag (If-Match). */
export type WriteCondition = 'absent' | { readonly etag: string };

/** The one place of state: S3, or a folder with the same contract. Losing a race is a value, not an error. */
export interface ObjectStore {
  get(key: string): Promise<StoredObject | undefined>;
  /** Durable and visible as a whole or not at all when it resolves. */
  put(
    key: string,
    body: Uint8Array,
    condition?: WriteCondition,
  ): Promise<{ readonly won: true; readonly etag: string } | { readonly won: false }>;
  /** Keys below a prefix, in order. */
  list(prefix: string): Promise<readonly string[]>;
  /** Keys below a prefix, in order, with the etag that each has now; no object is fetched. */
  entries(prefix: string): Promise<readonly StoreEntry[]>;
  /** Gone when it resolves, whether or not it was there. */
  delete(key: string): Promise<void>;
}

export interface Clock {
  now(): Date;
  /** Resolves early, without an error, when the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Who this process is among those that share a store. */
export interface Worker {
  /** Unique to the process. */
  readonly id: string;
  /** True only when the holder is known to have ended; false when it lives or cannot be known. */
  hasEnded(holder: string): boolean;
}

/** What is going on, as it happens, for a person or a log. Never a secret value. */
export type Progress =
  | {
      readonly type: 'step';
      readonly application: string;
      readonly step: 'fetch' | 'render' | 'observe' | 'apply' | 'settle';
      readonly detail: string;
    }
  | {
      readonly type: 'wave';
      readonly application: string;
      readonly index: number;
      readonly count: number;
      readonly wave: number;
      readonly objects: number;
    }
  | { readonly type: 'object'; readonly application: string; readonly result: ObjectResult }
  | {
      readonly type: 'waiting';
      readonly application: string;
      readonly objects: readonly { readonly ref: ObjectRef; readonly code: HealthCode; readonly message: string }[];
    }
  | {
      readonly type: 'notice';
      readonly level: 'info' | 'warning' | 'error';
      readonly application?: string;
      readonly message: string;
    };

export interface Reporter {
  report(progress: Progress): void;
}

/** User name and password of a host. They never leave memory but for that host. */
export type HostCredential = { readonly username: string; readonly password: string };

/** All doors out, as a workflow gets them from the composition root. */
export type Ports = {
  readonly git: GitHost;
  /** What opens a chart repository; undefined: it is asked without. */
  readonly chartCredential: (repoURL: string) => Promise<HostCredential | undefined>;
  readonly runner: CommandRunner;
  readonly clusters: Clusters;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly worker: Worker;
  readonly reporter: Reporter;
  readonly secrets: SecretPorts;
  /** True: others may talk to Git, and what they render is read from the store. Default false. */
  readonly rendersElsewhere?: boolean;
  /** A private folder for scratch files, made by the composition root. */
  readonly scratch: string;
};
