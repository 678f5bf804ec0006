import { StoreError } from '../../errors.ts';
import type { Head } from '../../model/head.ts';
import type { Pin } from '../../model/pin.ts';
import type { RenderedSources } from '../../model/render.ts';
import type { SecretRead } from '../../model/secret-record.ts';
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

/** What an application is pinned to, with the versions of its secrets where the pin asks for those; a StoreError when it is gone. */
export async function renderOfPin(
  application: string,
  pin: Pick<Pin, 'snapshot' | 'secrets'>,
  store: ObjectStore,
): Promise<RenderedSources> {
  const snapshot = await snapshotNamed(application, pin.snapshot, store);
  const rendered = await renderOfSnapshot(snapshot, store);
  return pin.secrets === undefined ? rendered : { ...rendered, secretVersions: secretVersionsOf(snapshot) };
}

/** All that a snapshot's secrets were read from. */
function secretVersionsOf({ secrets = [] }: Snapshot): readonly SecretRead[] {
  return secrets.flatMap(({ reads }) => reads);
}

async function snapshotNamed(application: string, name: string, store: ObjectStore): Promise<Snapshot> {
  const snapshot = await loadSnapshot(store, application, name);
  if (snapshot === undefined) throw missing(`snapshot ${name} of ${application}`, keys.snapshot(application, name));
  return snapshot;
}

/** What is deployed, byte for byte; undefined when nothing is, a StoreError when its manifests are gone. */
export async function deployedRender(
  { application, deployed, project, pin }: Head,
  store: ObjectStore,
): Promise<RenderedSources | undefined> {
  if (deployed === undefined) return undefined;
  // Its secrets may be kept in older versions.
  if (pin?.secrets !== undefined && pin.renderDigest === deployed.renderDigest)
    return { ...(await renderOfPin(application, pin, store)), sources: deployed.sources };
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
