import type { Command } from 'commander';
import type { SyncOutcome, SyncRequest } from '../shared/model/sync-request.ts';
import { parseDurationOption } from './duration.ts';
import { exitCodes } from './session.ts';

/** What may be asked of everything that makes a cluster equal to something. */
export type SyncFlags = {
  readonly prune?: boolean;
  readonly approvePrune?: boolean;
  readonly wait?: boolean;
  readonly timeout?: number;
};

/** Adds the options of what prunes. */
export function addPruneOptions(command: Command): Command {
  return command
    .option('--prune', 'delete objects that are not wanted any more; default: what syncPolicy.automated.prune says')
    .option('--no-prune', 'delete nothing')
    .option('--approve-prune', 'also when that is more than half of the objects, all of them, or CRDs');
}

/** Adds the options of what waits. */
export function addWaitOptions(command: Command): Command {
  return command
    .option('--wait', 'wait until all objects are healthy')
    .option(
      '--timeout <DURATION>',
      'how long a wave, and with --wait the whole, may take to become healthy (default: 5m for --wait, 15m a wave)',
      parseDurationOption,
    );
}

const defaultTimeoutMs = 300_000;

/** The flags, as the engine asks for them. */
export function toSyncSettings({
  prune,
  approvePrune,
  wait,
  timeout,
}: SyncFlags): Pick<SyncRequest, 'prune' | 'approvePrune' | 'waitMs' | 'waveTimeoutMs'> {
  return {
    ...(prune === undefined ? {} : { prune }),
    ...(approvePrune === undefined ? {} : { approvePrune }),
    ...(wait === true ? { waitMs: timeout ?? defaultTimeoutMs } : {}),
    ...(timeout === undefined ? {} : { waveTimeoutMs: timeout }),
  };
}

/** 1 for a sync that failed, or that was waited for and is not healthy. */
export function exitCodeOfSync({ head }: SyncOutcome, { waitMs }: Pick<SyncRequest, 'waitMs'>): number {
  const isUnhealthy = waitMs !== undefined && head.health.code !== 'Healthy';
  return head.operation?.phase === 'Failed' || isUnhealthy ? exitCodes.failed : exitCodes.ok;
}
