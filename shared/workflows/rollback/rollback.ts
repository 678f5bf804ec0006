import { SecretError, SyncError } from '../../errors.ts';
import type { Head } from '../../model/head.ts';
import type { Pin, PinLimit } from '../../model/pin.ts';
import type { RenderedSources } from '../../model/render.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { SyncOutcome, SyncRequest } from '../../model/sync-request.ts';
import { pinHead } from '../../plan/pin.ts';
import type { Unresolved } from '../../plan/target.ts';
import type { Ports } from '../../ports.ts';
import { heldByOther } from '../sync/head-session.ts';
import { moveHead } from '../sync/move-head.ts';
import { type Known, type Opened, openApplication, prepareSync } from '../sync/prepare-sync.ts';
import { renderOfPin } from '../sync/snapshot-render.ts';
import { syncApplication } from '../sync/sync.ts';
import { tell } from '../sync/tell.ts';
import { chooseRollback } from './choose-rollback.ts';

export type RollbackRequest = Omit<SyncRequest, 'reason' | 'revision' | 'resources' | 'leaving'> & {
  /** As a person names it; default: the newest good one that is not what is deployed. */
  readonly snapshot?: string;
  /** Default `git-moves`. */
  readonly until?: PinLimit;
  /** Present: secrets are read in the versions that the snapshot had, for as long as it is pinned. Default: the current ones. */
  readonly secrets?: 'as-of-snapshot';
  /** One clause for those who read it later; default `rolled back by hand`. */
  readonly why?: string;
  /** Asked about the head as it is when it is pinned; false: nothing is done. Default: it is rolled back whatever has come meanwhile. */
  readonly onlyWhile?: (head: Head) => boolean;
};

/** How a rollback ended, and what it went back to. */
export type RollbackOutcome = SyncOutcome & { readonly snapshot: Snapshot };

/**
 * Pins an application to a snapshot and makes the cluster equal to it, byte for byte, with Git untouched and not asked.
 * The pin is saved first: whatever dies afterwards, the next sync goes on with it. A sync that is under way is told to stop.
 */
export async function rollbackApplication(request: RollbackRequest, ports: Ports): Promise<RollbackOutcome> {
  const { snapshot: asked, until = 'git-moves', why = 'rolled back by hand', secrets, onlyWhile, ...rest } = request;
  const sync: SyncRequest = { ...rest, reason: 'rollback' };
  const { application } = request;
  const opened = await openApplication(request, ports);
  const snapshot = await chooseRollback(opened.session.head, asked, ports);
  const pinned = {
    ...(secrets === undefined ? {} : { secrets }),
    ...(request.origin === undefined ? {} : { origin: request.origin }),
  };
  const rendered = await renderOfPin(application.name, { snapshot: snapshot.name, ...pinned }, ports.store);
  await refuseUnusable(sync, { ...opened, rendered }, ports);
  const { name, renderDigest } = snapshot;
  const pin: Pin = { snapshot: name, renderDigest, until, at: ports.clock.now().toISOString(), why, ...pinned };
  await moveHead(application.name, ports, (head) => {
    if (onlyWhile?.(head) === false) throw overtaken(application.name);
    return pinHead(head, { pin, declared: application.sources });
  });
  tell(ports, application.name, `pinned to snapshot ${name}`);
  return { ...(await syncWhenFree(sync, { pin, rendered }, ports)), snapshot };
}

/** What can be known to be in the way, such as another cluster or project, is an error before anything is pinned. */
async function refuseUnusable(request: SyncRequest, known: Known, ports: Ports): Promise<void> {
  const { desired } = await prepareSync(request, { ...ports, reporter: { report: () => {} } }, known);
  const gone = desired.targets.flatMap(({ unresolved }) => unresolved ?? []);
  if (known.rendered.secretVersions === undefined || gone.length === 0) return;
  throw versionsGone(request.application.name, gone);
}

const shownProblems = 10;

/** The pin would only hold what it cannot have. */
function versionsGone(application: string, gone: readonly Unresolved[]): SecretError {
  const lines = gone.slice(0, shownProblems).map(({ message }) => `  ${message}`);
  if (gone.length > shownProblems) lines.push(`  … and ${gone.length - shownProblems} more`);
  return new SecretError('secret-absent', `${application}: nothing was pinned, because\n${lines.join('\n')}`, {
    object: application,
    hint: 'roll back without --secrets=as-of-snapshot, so that current values are used',
    retryable: gone.every(({ retryable }) => retryable === true),
  });
}

const lookEveryMs = 200;
const mostRaces = 10;

type Pinned = { readonly pin: Pin; readonly rendered: RenderedSources };

/** Whoever is faster than this run syncs the pinned snapshot too: then this one only looks whether all is as it should be. */
async function syncWhenFree(request: SyncRequest, { pin, rendered }: Pinned, ports: Ports): Promise<SyncOutcome> {
  for (let race = 1; ; race += 1) {
    const free = await openWhenFree(request, ports);
    // Git may have moved on, or somebody rolled back further or unpinned: then this is not wanted any more.
    if (!isSamePin(free.session.head.pin, pin)) throw overtaken(request.application.name);
    try {
      return await syncApplication(request, ports, { ...free, rendered });
    } catch (error) {
      const isLost = error instanceof SyncError && error.code === 'sync-locked';
      if (!isLost || race === mostRaces || request.signal?.aborted === true) throw error;
    }
  }
}

/** The application opened when nobody works on it: whoever did has lost the head to the pin and lets go at its next look. */
async function openWhenFree(request: SyncRequest, ports: Ports): Promise<Opened> {
  for (let isTold = false; ; isTold = true) {
    const opened = await openApplication(request, ports);
    const holder = heldByOther(opened.session.head, ports);
    if (holder === undefined) return opened;
    if (request.signal?.aborted === true) throw holder;
    if (!isTold) tell(ports, request.application.name, `waiting for the running sync to stop (${holder.message})`);
    await ports.clock.sleep(lookEveryMs, request.signal);
  }
}

function isSamePin(current: Pin | undefined, { snapshot, at }: Pin): boolean {
  return current?.snapshot === snapshot && current.at === at;
}

function overtaken(application: string): SyncError {
  return new SyncError('sync-locked', `${application}: it was moved on meanwhile, so that it is not rolled back`, {
    object: application,
    hint: `see what was done with: plumb status ${application}`,
  });
}
