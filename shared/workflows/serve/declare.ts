import type { Application } from '../../model/application.ts';
import type { Ports } from '../../ports.ts';
import { type DeclarationsWithWarnings, declare } from '../../registry/declare.ts';
import { prepareRender } from '../../render/prepare-render.ts';
import { findKeptRender, renderAnew } from '../sync/kept-render.ts';
import { resolveSource } from '../sync/render.ts';

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
      chartCredentials: ports.chartCredential,
    },
    ports,
  );
  const kept = await findKeptRender(prepared, controlProject, ports);
  const { render, warnings } = kept ?? (await renderAnew(prepared, controlProject, ports));
  const origin = `${control.repoURL} ${control.path}`.trim();
  const declarations = declare(render.manifests.map((manifest) => ({ manifest, origin })));
  return { ...declarations, warnings: [...warnings.map((said) => `${origin}: ${said}`), ...declarations.warnings] };
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
