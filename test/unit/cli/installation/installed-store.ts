import type { Application } from '../../../../shared/model/application.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import { defaultProject } from '../../../../shared/model/project.ts';
import type { RegisteredCluster } from '../../../../shared/model/registered-cluster.ts';
import type { ObjectStore } from '../../../../shared/ports.ts';
import { toCanonicalRender } from '../../../../shared/render/canonical-render.ts';
import { saveRegistered } from '../../../../shared/state/clusters.ts';
import { saveDeclared } from '../../../../shared/state/declared.ts';
import { saveRender } from '../../../../shared/state/renders.ts';
import { loadWanted, saveWanted, specOf } from '../../../../shared/state/wanted.ts';

export const cluster: RegisteredCluster = {
  id: 'model',
  name: 'model',
  aliases: ['main'],
  zone: 'public',
  server: 'https://model.test',
  certificateAuthority: '',
  isPrivate: false,
};

/** What relay and render have written by the time that these applications are declared. */
export async function declareIn(store: ObjectStore, applications: readonly Application[]): Promise<void> {
  await saveRegistered(store, cluster);
  const declared = applications.map((application) => ({ application, origin: 'control' }));
  await saveDeclared(store, { applications: declared, projects: [defaultProject], rejected: [] }, undefined);
}

/** Git has these manifests now, and they are rendered. */
export async function pushTo(
  store: ObjectStore,
  application: Application,
  manifests: readonly Manifest[],
): Promise<void> {
  const { render } = toCanonicalRender(manifests);
  await saveRender(store, 'default', render);
  const before = await loadWanted(store, 'default', application.name);
  const rendered = {
    spec: specOf(application, defaultProject),
    sources: [{ repoURL: 'https://git.test/shop.git', path: 'app', revision: '3f2a1bc'.padEnd(40, '0') }],
    renderDigest: render.digest,
    warnings: [],
    tools: { helm: 'v4', kustomize: 'v5' },
  };
  const wanted = {
    application: application.name,
    project: 'default',
    rendered,
    at: '2026-11-26T10:00:00Z',
    origin: 'a push',
  };
  await saveWanted(store, wanted, before?.etag);
}
