import type { GitHost, Ports } from '../../ports.ts';
import type { Announcer, Queue } from '../../queue-ports.ts';
import type { KeptState } from '../../state/kept-state.ts';

/** Ports of those who work on jobs of an installation, with what they keep of the store. */
export type JobPorts = Ports & { readonly kept: KeptState };

/** Of those who render: what has come of it is passed on to the network that reaches the cluster. */
export type RenderPorts = JobPorts & {
  /** Repositories as a project may see them: what was fetched for one is not kept for another. */
  readonly gitOf: (project: string) => GitHost;
  readonly syncQueue: (zone: string) => Queue;
};

/** Of those who hold clusters. */
export type SyncPorts = JobPorts & {
  /** Into which work on applications of this network goes. */
  readonly syncQueue: Queue;
  readonly renderQueue: Queue;
  readonly announcer: Announcer;
};
