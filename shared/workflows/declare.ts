import type { Application } from '../model/application.ts';
import type { DeclaredApplication } from '../model/registry.ts';
import type { Ports } from '../ports.ts';
import { type DeclarationsWithWarnings, declare } from '../registry/declare.ts';
import type { DeclaringManifest } from '../registry/parse-declared.ts';
import { prepareRender } from '../render/prepare-render.ts';
import { runRender } from '../render/run-render.ts';
import { loadRegistry } from '../state/registry.ts';
import { findRender, loadRender, rememberRender, saveRender } from '../state/renders.ts';
import { resolveSource } from './render.ts';

/** Where Applications and AppProjects are declared. `revision` as a source's targetRevision, `path` empty for the root. */
export type ControlRepository = { readonly repoURL: string; readonly revision: string; readonly path: string };

/** Its renders are kept beside those of the projects; no project can be named so. */
const controlProject = '_control';

/** What a control repository declares at the newest commit of its revision: plain files, or whatever kustomize or helm make of them. */
export async function declareFromGit(control: ControlRepository, ports: Ports): Promise<DeclarationsWithWarnings> {
  const application = controlApplication(control);
  const prepared = await prepareRender(
    {
      application,
      capabilities: { kubeVersion: '', apiVersions: [] },
      resolve: (source) => resolveSource(source, ports.git),
    },
    ports,
  );
  const found = await findRender(ports.store, controlProject, prepared.inputKey);
  const kept = found === undefined ? undefined : await loadRender(ports.store, controlProject, found.digest);
  const render = kept ?? (await renderControl(prepared, ports));
  const revision = prepared.sources[0]?.revision.slice(0, 12) ?? '';
  const origin = `${control.repoURL} ${control.path} at ${revision}`;
  return declareManifests(
    render.manifests.map((manifest) => ({ manifest, origin })),
    ports,
  );
}

/** What manifests declare, together with what applications of applications among them declared when they were last synced. */
export async function declareManifests(
  manifests: readonly DeclaringManifest[],
  ports: Pick<Ports, 'store'>,
): Promise<DeclarationsWithWarnings> {
  const { applications, projects } = await loadRegistry(ports.store);
  const own = declare(manifests);
  const names = withDescendants(
    own.applications.map(({ application }) => application.name),
    applications,
  );
  const isKept = ({ parent }: { readonly parent?: string }): boolean => parent !== undefined && names.has(parent);
  return declare(manifests, { applications: applications.filter(isKept), projects: projects.filter(isKept) });
}

/** A child counts only while its parent does. */
function withDescendants(roots: readonly string[], children: readonly DeclaredApplication[]): ReadonlySet<string> {
  const names = new Set(roots);
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    for (const { application, parent } of children)
      if (parent !== undefined && names.has(parent)) names.add(application.name);
  }
  return names;
}

async function renderControl(
  prepared: Parameters<typeof runRender>[0],
  ports: Ports,
): Promise<Awaited<ReturnType<typeof runRender>>['render']> {
  const { render, warnings } = await runRender(prepared, ports);
  await saveRender(ports.store, controlProject, render);
  await rememberRender(ports.store, controlProject, { inputKey: prepared.inputKey, digest: render.digest, warnings });
  return render;
}

function controlApplication({ repoURL, revision, path }: ControlRepository): Application {
  return {
    name: 'control',
    project: controlProject,
    labels: {},
    annotations: {},
    finalizers: [],
    destination: { name: 'control', namespace: '' },
    sources: [{ repoURL, targetRevision: revision, path: path === '' ? '.' : path }],
    syncPolicy: { syncOptions: [], retry: { limit: 0, backoffMs: 5_000, factor: 2, maxBackoffMs: 180_000 } },
  };
}
