import type { Binaries } from './provision.ts';

/** What the process that hosts a control plane is told, as its one argument. */
export type HostRequest = {
  readonly binaries: Binaries;
  /** For everything that it writes. */
  readonly folder: string;
  readonly controllers: boolean;
  /** Where the API server asks about tokens that it does not know. */
  readonly tokenWebhook?: string;
};

/** Where a running control plane is found. */
export type Address = { readonly kubeconfig: string; readonly server: string; readonly socket: string };

/** The one line that the host writes to standard output. */
export type HostAnswer = ({ readonly type: 'ready' } & Address) | { readonly type: 'failed'; readonly reason: string };

export type UserRequest = { readonly name: string; readonly groups: string[] };
