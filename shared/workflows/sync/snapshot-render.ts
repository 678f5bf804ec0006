import { StoreError } from '../../errors.ts';
import type { Head } from '../../model/head.ts';
import type { RenderedSources } from '../../model/render.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ObjectStore } from '../../ports.ts';
import { keys } from '../../state/keys.ts';
import { loadRender } from '../../state/renders.ts';
import { loadSnapshot } from '../../state/snapshots.ts';

/** What a snapshot deployed, byte for byte; a StoreError when its manifests are gone. */
export async function renderOfSnapshot(snapshot: Snapshot, store: ObjectStore): Promise<RenderedSources> {
  const { application, name, project, renderDigest, sources, tools } = snapshot;
  const render = await loadRender(store, project.name, renderDigest);
  if (render === undefined)
    throw missing(`the manifests of snapshot ${name} of ${application.name}`, keys.render(project.name, renderDigest));
  return { render, sources, warnings: [], rendered: false, ...(tools === undefined ? {} : { tools }) };
}

/** What the snapshot of that name deployed; a StoreError when it is gone. */
export async function renderOfSnapshotNamed(
  application: string,
  name: string,
  store: ObjectStore,
): Promise<RenderedSources> {
  const snapshot = await loadSnapshot(store, application, name);
  if (snapshot === undefined) throw missing(`snapshot ${name} of ${application}`, keys.snapshot(application, name));
  return renderOfSnapshot(snapshot, store);
}

/** What is deployed, byte for byte; undefined when nothing is, a StoreError when its manifests are gone. */
export async function deployedRender(
  { application, deployed, project }: Head,
  store: ObjectStore,
): Promise<RenderedSources | undefined> {
  if (deployed === undefined) return undefined;
  const renderedFor = deployed.project ?? project;
  const render = await loadRender(store, renderedFor, deployed.renderDigest);
  if (render === undefined)
    throw missing(`the manifests that are deployed of ${application}`, keys.render(renderedFor, deployed.renderDigest));
  return { render, sources: deployed.sources, warnings: [], rendered: false };
}

function missing(what: string, key: string): StoreError {
  return new StoreError('store-corrupt', `${what} are not in the store any more: there is no ${key}`, {
    object: key,
    hint: 'put the object back from a backup of the store; plumb unpin and plumb sync take the application on to what Git says',
  });
}
