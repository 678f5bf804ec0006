import type { Announced } from '../model/announced.ts';
import { type Head, newHead } from '../model/head.ts';
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

/**
 * What has happened to an application since it was last announced; `at` is ISO 8601. Who tells it again without having remembered
 * that it was told gives the same events the same ids.
 */
export function stateEvents(before: Announced | undefined, head: Head, at: string): readonly StateEvent[] {
  const ended = endOf(before, head);
  const { operation, sync, health } = head;
  const since = before?.at ?? 'first';
  const told: readonly Told[] = [
    ...(ended === undefined || operation === undefined ? [] : [ofOperation(ended, operation)]),
    ...(isInTrouble(before, head, ended)
      ? [{ type: 'plumbline.sync.failed', id: `trouble/${since}`, message: sync.message } as const]
      : []),
    ...(hasDrifted(before, head, ended)
      ? [{ type: 'plumbline.drifted', id: `drifted/${since}`, message: sync.message, isOfDeployed: true } as const]
      : []),
    ...(before?.health === health.code ? [] : [ofHealth(head, since)]),
  ];
  return told.map((each) => event(each, head, at));
}

/** An event without what all events of a head have in common. */
type Told = Pick<StateEvent, 'type' | 'id' | 'message'> & {
  /** True: it is about what is deployed, and not about what was to be. */
  readonly isOfDeployed?: true;
};

/** An operation ends once; the rest is told apart by what was told before. */
function ofOperation(type: StateEventType, { id, phase, message }: Operation): Told {
  return { type, id: `${id}/${phase}`, message };
}

function ofHealth({ health: { code, message } }: Head, since: string): Told {
  const said = message === '' ? code : `${code}: ${message}`;
  return { type: 'plumbline.health', id: `health/${code}/${since}`, message: said, isOfDeployed: true };
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

/** That nobody has looked yet is no trouble. */
const untouched = newHead('', '', '').sync.message;

/** What kept a sync from beginning leaves no operation. */
function isInTrouble(before: Announced | undefined, { sync }: Head, ended: StateEventType | undefined): boolean {
  const isNews = sync.message !== untouched && sync.message !== before?.trouble;
  return ended === undefined && sync.code === 'Unknown' && isNews;
}

/** What a sync on its way has not got to yet has not drifted. */
function hasDrifted(before: Announced | undefined, head: Head, ended: StateEventType | undefined): boolean {
  const { sync, operation } = head;
  if (ended !== undefined || operation?.phase === 'Running' || sync.code !== 'OutOfSync') return false;
  return before !== undefined && before.sync !== 'OutOfSync';
}

function event({ type, id, message, isOfDeployed }: Told, head: Head, at: string): StateEvent {
  const { application, project, cluster, operation, deployed, sync, health, snapshots } = head;
  const sources = isOfDeployed ? deployed?.sources : operation?.sources;
  const snapshot = snapshots.at(-1)?.name;
  return {
    type,
    version: 1,
    id: `${application}/${id}`,
    at,
    application,
    project,
    cluster,
    revisions: (sources ?? []).map(({ revision }) => revision),
    sync: sync.code,
    health: health.code,
    message,
    ...(operation === undefined ? {} : { operation: operation.id, reason: operation.reason }),
    ...(operation?.origin === undefined ? {} : { origin: operation.origin }),
    ...(snapshot === undefined ? {} : { snapshot }),
  };
}
