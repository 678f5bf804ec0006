import { Duration, Size } from 'aws-cdk-lib';

export const functionNames = ['webhook', 'schedule', 'render', 'sync', 'scan', 'restore', 'relay'] as const;

export type FunctionName = (typeof functionNames)[number];

/** How big a function is, and how much of it may run at once. */
export type FunctionSize = {
  readonly memoryMB: number;
  readonly timeout: Duration;
  readonly scratch?: Size;
  /** Taken from the account's concurrency for this function alone, and its upper bound. */
  readonly reserved?: number;
  /** How many messages of its queue are worked on at once; it leaves the account's concurrency alone. */
  readonly atOnce?: number;
  /** How often a message may come back before it is a dead letter. */
  readonly receives?: number;
};

/** Sizes with their reasons. 1,769 MB are one whole processor; what mostly waits needs less. */
export const functionSizes: { readonly [name in FunctionName]: FunctionSize } = {
  // Two hashes and a send, but a Git host waits for it, and processor comes with memory. The bound is on what strangers can cost.
  webhook: { memoryMB: 512, timeout: Duration.seconds(10), reserved: 20 },
  // Waits on Git hosts. Two at once would only probe twice.
  schedule: { memoryMB: 512, timeout: Duration.seconds(60), reserved: 1 },
  // A fetch keeps packs in memory and trees in /tmp; helm and kustomize are ended after 90 s. Git hosts take about ten readers at once.
  render: {
    memoryMB: 2048,
    timeout: Duration.seconds(180),
    scratch: Size.mebibytes(2048),
    atOnce: 10,
    receives: 5,
  },
  // Looks at a rollout for 30 s and hands back; the rest is for a big wave. Short, so that a killed run comes back after 12 minutes.
  // Hand-backs count as receives: the operation's own bound ends it long before.
  sync: { memoryMB: 1024, timeout: Duration.seconds(120), atOnce: 50, receives: 1000 },
  // Lists of metadata stream; what drifted goes to sync. As many as clusters fall due in one minute, and no limit of its own.
  scan: { memoryMB: 1024, timeout: Duration.seconds(60) },
  // Plans all applications of a cluster and hands out the work; one processor, since a person waits for it.
  restore: { memoryMB: 1769, timeout: Duration.seconds(900), atOnce: 2, receives: 1000 },
  // Passes small entries on. What is told is told soon, but never at the cost of the account's concurrency.
  relay: { memoryMB: 256, timeout: Duration.seconds(30), atOnce: 5, receives: 20 },
};

/** Six times the time-out, as AWS advises: a message is not seen again while a retry of its delivery may still run. */
export function visibilityOf({ timeout }: FunctionSize): Duration {
  return Duration.seconds(timeout.toSeconds() * 6);
}
