import type { Head } from '../../shared/model/head.ts';
import type { Operation } from '../../shared/model/operation.ts';
import type { Progress } from '../../shared/ports.ts';

/** What has happened to the operation of a head since the one before it, as a sync on this machine would have told it. */
export function headProgress(before: Head | undefined, head: Head): readonly Progress[] {
  const { application, operation } = head;
  if (operation === undefined) return [];
  const last = before?.operation?.id === operation.id ? before.operation : undefined;
  const results = operation.results.slice(last?.results.length ?? 0);
  return [
    ...results.map((result): Progress => ({ type: 'object', application, result })),
    ...(operation.phase === 'Running' && operation.message !== last?.message ? [stepOf(head, operation)] : []),
  ];
}

function stepOf(head: Head, operation: Operation): Progress {
  const waiting = unhealthyIn(head);
  if (operation.stalled !== undefined && waiting !== undefined) return waiting;
  const { application } = head;
  const [, count] = /^wave \d+ of (\d+) is done$/.exec(operation.message) ?? [];
  const said = operation.stalled === undefined ? '' : `: ${operation.message}`;
  const wave = `wave ${operation.cursor + 1}${count === undefined ? '' : ` of ${count}`}`;
  return { type: 'step', application, step: 'apply', detail: `${wave}${said}` };
}

/** What is not healthy of what was seen; undefined: all of it is. */
export function unhealthyIn({ application, inventory }: Head): Progress | undefined {
  const objects = inventory.flatMap(({ ref, seen }) =>
    seen?.health === undefined || seen.health.code === 'Healthy' ? [] : [{ ref, ...seen.health }],
  );
  return objects.length === 0 ? undefined : { type: 'waiting', application, objects };
}
