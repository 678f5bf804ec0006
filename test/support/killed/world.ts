import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderStore } from '../../../shared/adapters/local/folder-store.ts';
import type { Application } from '../../../shared/model/application.ts';
import type { LiveObject } from '../../../shared/model/manifest.ts';
import type { Render } from '../../../shared/model/render.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { ObjectStore, Ports } from '../../../shared/ports.ts';
import { keys } from '../../../shared/state/keys.ts';
import { loadRender } from '../../../shared/state/renders.ts';
import { loadRestore } from '../../../shared/state/restores.ts';
import { readApplicationState } from './application-state.ts';
import { type Place, storeFolder } from './place.ts';

export type World = {
  readonly live: readonly LiveObject[];
  /** Everything as it is now, and nothing of how it came to be so. */
  readonly present: string;
  readonly whole: string;
  /** What no world may have. */
  readonly faults: readonly string[];
};

/**
 * All that there is of the applications of a place, in cluster and store. The texts are the same for equal worlds, whatever their
 * place, their times and the identities that the API server gave. What cannot be read in the store is an error or a fault.
 */
export async function seeWorld(place: Place, applications: readonly Application[], ports: Ports): Promise<World> {
  const renders = await loadRenders(ports.store);
  const states = await Promise.all(applications.map((each) => readApplicationState(each, renders, ports)));
  const renamed = namesAlike({ place, renders, snapshots: states.flatMap(({ snapshots }) => snapshots) });
  const stored = (await ports.store.list('')).map(renamed).map(withoutNames).sort();
  const present = states.map((state) => state.present);
  const history = states.map((state) => state.history);
  const left = [...(await leftInStore(place, ports)), ...(await unfinishedRestores(ports.store))];
  return {
    live: states.flatMap(({ live }) => live),
    present: renamed(JSON.stringify(present, withoutVolatile, 1)),
    whole: renamed(JSON.stringify({ present, history, renders, stored }, withoutVolatile, 1)),
    faults: [...states.flatMap(({ faults }) => faults), ...left.map((name) => `${name} is left behind`)],
  };
}

/** All renders that are kept, each checked against its name; in an order that does not depend on their place. */
async function loadRenders(store: ObjectStore): Promise<readonly Render[]> {
  const stored = (await store.list(keys.renders)).map((key) => key.split('/'));
  const renders = await Promise.all(
    stored.map(([, project = '', file = '']) => loadRender(store, project, file.slice(0, 64))),
  );
  return renders
    .filter((render) => render !== undefined)
    .map((render) => ({ render, text: JSON.stringify(render.manifests) }))
    .sort((a, b) => a.text.length - b.text.length || a.text.localeCompare(b.text))
    .map(({ render }) => render);
}

type Named = { readonly place: Place; readonly renders: readonly Render[]; readonly snapshots: readonly Snapshot[] };

/** Puts names that are the same everywhere in place of those that are of one place or time; those left name no snapshot that is there. */
function namesAlike({ place, renders, snapshots }: Named): (text: string) => string {
  const revisions = snapshots.flatMap(({ sources }) => sources.map(({ revision }) => revision));
  const names = [
    ...snapshots.map(({ name }, index) => [name, `snapshot ${index + 1}`] as const),
    ...renders.map(({ digest }, index) => [digest, `render ${index + 1}`] as const),
    ...[...new Set(revisions)].map((sha, index) => [sha, `commit ${index + 1}`] as const),
    [place.token, 'place'] as const,
  ];
  return (text) =>
    names
      .reduce((renamed, [from, to]) => renamed.replaceAll(from, to), text)
      .replaceAll(/\d{8}-\d{6}-\d{3}(-[0-9a-f]{7})?/g, 'a time');
}

/** What lies in the garbage, is found by its inputs or reports a run counts, under whatever name. */
function withoutNames(key: string): string {
  return key.replace(/[0-9a-f]{64}/, 'digest').replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, 'id');
}

/** What differs between two equal worlds: times, identities, and who of several runs did what. */
const volatile: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'status',
  'id',
  'at',
  'time',
  'startedAt',
  'finishedAt',
  'takenAt',
  'checkedAt',
  'results',
]);

function withoutVolatile(key: string, value: unknown): unknown {
  return volatile.has(key) ? undefined : value;
}

/** What a dead process had begun to write, and the locks it held, that are there after somebody else's next write. */
async function leftInStore({ folder }: Place, { worker }: Ports): Promise<readonly string[]> {
  const store = new FolderStore(storeFolder(folder), worker);
  await store.put('probe', new Uint8Array());
  await store.delete('probe');
  const names = await Promise.all(['.writing', '.locks'].map((name) => readdir(join(storeFolder(folder), name))));
  return names.flat();
}

/** While one is not finished, nobody else repairs its applications. */
async function unfinishedRestores(store: ObjectStore): Promise<readonly string[]> {
  const clusters = (await store.list(keys.restores)).map((key) => /([^/]+)\.json$/.exec(key)?.[1] ?? key);
  const restores = await Promise.all(clusters.map((cluster) => loadRestore(store, cluster)));
  return restores.flatMap((stored) => {
    const isOver = stored !== undefined && stored.record.finishedAt !== undefined && stored.record.lease === undefined;
    return isOver ? [] : [`the restore of ${stored?.record.cluster}`];
  });
}
