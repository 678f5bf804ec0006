import type { Application } from '../../shared/model/application.ts';
import type { ObjectResult } from '../../shared/model/change.ts';
import type { Head } from '../../shared/model/head.ts';
import type { InventoryEntry } from '../../shared/model/inventory.ts';
import { formatRef, keyOf } from '../../shared/model/object-ref.ts';
import type { Operation } from '../../shared/model/operation.ts';
import { formatAge } from '../duration.ts';
import { type Around, aroundFields, aroundRecord } from './around-view.ts';
import { type Colours, paintAction, paintHealth, paintSync } from './colours.ts';
import { formatResource } from './object-line.ts';
import { pinFields, pinRecord } from './pin-view.ts';
import { formatRevisions, formatSource } from './revision.ts';
import { formatFields, formatTable } from './table.ts';

/** What is known of an application: its head, its manifest where one is declared, and what an installation knows besides. */
export type Known = { readonly head: Head; readonly application?: Application; readonly around?: Around };

type Looks = { readonly now: Date; readonly colours: Colours };

/** `plumb list` as a table. */
export function formatList(known: readonly Known[], { now, colours }: Looks): string {
  const head = ['NAME', 'PROJECT', 'CLUSTER', 'NAMESPACE', 'SYNC', 'HEALTH', 'REVISION', 'AGE'];
  return formatTable(
    head.map((title) => colours.bold(title)),
    known.map((each) => rowOf(each, { now, colours })),
  );
}

function rowOf(known: Known, { now, colours }: Looks): readonly string[] {
  const { head } = known;
  return [
    head.application,
    head.project,
    head.cluster,
    namespaceOf(known) ?? '-',
    paintSync(head.sync.code, colours),
    paintHealth(head.health.code, colours),
    (revisionOf(head) || '-') + (head.pin === undefined ? '' : ' (pinned)'),
    head.deployed === undefined ? '-' : ago(head.deployed.at, now),
  ];
}

/** As declared; or else where all that is owned lies. Undefined when neither says. */
function namespaceOf({ head, application }: Known): string | undefined {
  if (application !== undefined) return application.destination.namespace || undefined;
  const namespaces = new Set(head.inventory.map(({ ref }) => ref.namespace).filter((namespace) => namespace !== ''));
  return namespaces.size === 1 ? [...namespaces][0] : undefined;
}

/** `plumb status` for people: the application, its last operation, and a table of its objects. */
export function formatStatus(known: Known, { now, colours }: Looks): string {
  const objects = objectRows(known.head, colours);
  const titles = ['OBJECT', 'NAMESPACE', 'WAVE', 'LAST SYNC', 'HEALTH', 'MESSAGE'].map((title) => colours.bold(title));
  return (
    formatFields(fieldsOf(known, { now, colours })) + (objects.length === 0 ? '' : `\n${formatTable(titles, objects)}`)
  );
}

/** What `plumb list -o json` prints for one application. */
export function listRecord(known: Known): object {
  const { head } = known;
  return {
    name: head.application,
    project: head.project,
    cluster: head.cluster,
    namespace: namespaceOf(known) ?? null,
    sync: head.sync,
    health: head.health,
    revision: revisionOf(head, 'full') || null,
    deployedAt: head.deployed?.at ?? null,
    checkedAt: head.checkedAt ?? null,
    ...pinRecord(head),
  };
}

/** What `plumb status -o json` prints. */
export function statusRecord(known: Known): object {
  const { head } = known;
  const { results = [], ...operation } = head.operation ?? {};
  return {
    ...listRecord(known),
    ...aroundRecord(known.around),
    sources: head.operation?.sources ?? head.deployed?.sources ?? [],
    operation: head.operation === undefined ? null : operation,
    results: results.map(({ ref, ...result }) => ({ ...ref, ...result })),
    objects: head.inventory.map(({ ref, version, wave, seen }) => ({ ...ref, version, wave, seen: seen ?? null })),
  };
}

function fieldsOf(known: Known, { now, colours }: Looks): readonly (readonly [string, string])[] {
  const { head } = known;
  const namespace = namespaceOf(known);
  const sources = head.deployed?.sources ?? head.operation?.sources ?? [];
  return [
    ['Name', colours.bold(head.application)],
    ['Project', head.project],
    ['Cluster', head.cluster],
    ...aroundFields(known.around, now),
    ...(namespace === undefined ? [] : [['Namespace', namespace] as const]),
    ...sources.map((source) => ['Source', formatSource(source)] as const),
    ['Sync', withMessage(paintSync(head.sync.code, colours), syncMessage(head))],
    ['Health', withMessage(paintHealth(head.health.code, colours), head.health.message)],
    [
      'Deployed',
      head.deployed === undefined
        ? 'never'
        : `${formatRevisions(head.deployed.sources)}, ${ago(head.deployed.at, now)} ago`,
    ],
    ...pinFields(head, now),
    ['Operation', head.operation === undefined ? 'none' : formatOperation(head.operation, now)],
    ['Checked', head.checkedAt === undefined ? 'never' : `${ago(head.checkedAt, now)} ago`],
  ];
}

/** What the operation says is not said twice. */
function syncMessage({ sync, operation }: Head): string {
  return sync.message === operation?.message ? '' : sync.message;
}

function formatOperation({ phase, reason, attempt, startedAt, finishedAt, message }: Operation, now: Date): string {
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  const when = finishedAt === undefined ? `since ${ago(startedAt, now)}` : `${ago(finishedAt, now)} ago`;
  return withMessage(`${phase} ${when} (${reason}${again})`, message);
}

/** Objects that the last sync touched or that are owned, in the order of their identity. */
function objectRows({ inventory, operation }: Head, colours: Colours): readonly (readonly string[])[] {
  const results = new Map((operation?.results ?? []).map((result) => [keyOf(result.ref), result]));
  const entries = new Map(inventory.map((entry) => [keyOf(entry.ref), entry]));
  return [...new Set([...entries.keys(), ...results.keys()])]
    .sort()
    .flatMap((key) => objectRow(entries.get(key), results.get(key), colours));
}

function objectRow(
  entry: InventoryEntry | undefined,
  result: ObjectResult | undefined,
  colours: Colours,
): readonly (readonly string[])[] {
  const ref = entry?.ref ?? result?.ref;
  if (ref === undefined) return [];
  const health = entry?.seen?.health ?? result?.health;
  const message = result?.message || health?.message || '';
  return [
    [
      formatResource(ref),
      ref.namespace || '-',
      String(entry?.wave ?? result?.wave ?? 0),
      result === undefined ? '-' : paintAction(result.action, colours),
      health === undefined ? '-' : paintHealth(health.code, colours),
      (message.split('\n')[0] ?? '').replace(`${formatRef(ref)}: `, ''),
    ],
  ];
}

function revisionOf({ deployed, operation }: Head, length: 'short' | 'full' = 'short'): string {
  const sources = deployed?.sources ?? operation?.sources ?? [];
  return length === 'short'
    ? formatRevisions(sources)
    : [...new Set(sources.map(({ revision }) => revision))].join(', ');
}

function ago(time: string, now: Date): string {
  return formatAge(now.getTime() - new Date(time).getTime());
}

function withMessage(text: string, message: string): string {
  return message === '' ? text : `${text}: ${message}`;
}
