import type { Announced } from '../model/announced.ts';
import type { Head } from '../model/head.ts';
import type { Operation } from '../model/operation.ts';
import type { StateEvent, StateEventType } from '../model/state-event.ts';

/** What is to be remembered of an application once its state is announced. */
export function announcedOf({ application, operation, sync, health }: Head): Announced {
  return {
    application,
    ...(operation === undefined ? {} : { operation: operation.id, phase: operation.phase }),
    sync: sync.code,
    health: health.code,
    ...(sync.code === 'Unknown' ? { trouble: sync.message } : {}),
  };
}

/** What has happened to an application since it was last announced; `at` is ISO 8601. */
export function stateEvents(before: Announced | undefined, head: Head, at: string): readonly StateEvent[] {
  const ended = endOf(before, head);
  return [
    ...(ended === undefined ? [] : [event(ended, head, at)]),
    ...(isInTrouble(before, head, ended) ? [event('plumbline.sync.failed', head, at)] : []),
    ...(hasDrifted(before, head, ended) ? [event('plumbline.drifted', head, at)] : []),
    ...(before?.health === head.health.code ? [] : [event('plumbline.health', head, at)]),
  ];
}

/** What an operation that has ended since counts as. */
function endOf(before: Announced | undefined, { operation }: Head): StateEventType | undefined {
  if (operation === undefined || operation.phase === 'Running') return undefined;
  if (before?.operation === operation.id && before.phase === operation.phase) return undefined;
  return operation.phase === 'Failed' ? 'plumbline.sync.failed' : successes[operation.reason];
}

const successes: { readonly [reason in Operation['reason']]: StateEventType } = {
  manual: 'plumbline.sync.succeeded',
  git: 'plumbline.sync.succeeded',
  retry: 'plumbline.sync.succeeded',
  secret: 'plumbline.sync.succeeded',
  drift: 'plumbline.repaired',
  rollback: 'plumbline.rolled-back',
  restore: 'plumbline.restored',
};

/** What kept a sync from beginning leaves no operation. */
function isInTrouble(before: Announced | undefined, { sync }: Head, ended: StateEventType | undefined): boolean {
  return ended === undefined && sync.code === 'Unknown' && before?.trouble !== sync.message;
}

function hasDrifted(before: Announced | undefined, { sync }: Head, ended: StateEventType | undefined): boolean {
  return ended === undefined && sync.code === 'OutOfSync' && before !== undefined && before.sync !== 'OutOfSync';
}

function event(type: StateEventType, head: Head, at: string): StateEvent {
  const { application, project, cluster, operation, deployed, sync, health, snapshots } = head;
  const isOfOperation = type !== 'plumbline.health' && type !== 'plumbline.drifted';
  const sources = isOfOperation ? operation?.sources : deployed?.sources;
  const snapshot = snapshots.at(-1)?.name;
  return {
    type,
    version: 1,
    id: idOf(type, head, at),
    at,
    application,
    project,
    cluster,
    revisions: (sources ?? []).map(({ revision }) => revision),
    sync: sync.code,
    health: health.code,
    message: messageOf(type, head),
    ...(operation === undefined ? {} : { operation: operation.id, reason: operation.reason }),
    ...(operation?.origin === undefined ? {} : { origin: operation.origin }),
    ...(snapshot === undefined ? {} : { snapshot }),
  };
}

/** An operation ends once; the rest is told apart by when it was seen. */
function idOf(type: StateEventType, head: Head, at: string): string {
  const { application, operation, health } = head;
  if (type === 'plumbline.sync.failed' && operation?.phase !== 'Failed') return `${application}/trouble/${at}`;
  if (type === 'plumbline.health') return `${application}/health/${health.code}/${at}`;
  if (type === 'plumbline.drifted') return `${application}/drifted/${at}`;
  return `${application}/${operation?.id ?? ''}/${operation?.phase ?? ''}`;
}

function messageOf(type: StateEventType, { operation, sync, health }: Head): string {
  if (type === 'plumbline.sync.failed' && operation?.phase !== 'Failed') return sync.message;
  if (type === 'plumbline.health') return health.message === '' ? health.code : `${health.code}: ${health.message}`;
  return type === 'plumbline.drifted' ? sync.message : (operation?.message ?? '');
}
