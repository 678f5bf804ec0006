import { PlumbError } from '../../errors.ts';
import { refPrefixesFor } from '../../git/ref-prefixes.ts';
import { resolveRevision } from '../../git/resolve-revision.ts';
import type { Application, Source } from '../../model/application.ts';
import { apiVersionsOf, type ClusterFacts } from '../../model/cluster.ts';
import type { Project } from '../../model/project.ts';
import type { RenderedSources } from '../../model/render.ts';
import { withoutUserinfo } from '../../model/repo-url.ts';
import { forbiddenSource } from '../../plan/project-rules.ts';
import type { GitHost, HostCredential, Ports } from '../../ports.ts';
import { prepareRender } from '../../render/prepare-render.ts';
import { findKeptRender, renderAnew } from './kept-render.ts';

export type RenderApplicationRequest = {
  readonly application: Application;
  readonly project: Project;
  /** Takes the place of the first Git source's targetRevision. */
  readonly revision?: string;
};

/**
 * The manifests of an application at the newest commit that its sources name.
 * An earlier render of the same inputs is found again by its key, and then no tool runs.
 */
export async function renderApplication(request: RenderApplicationRequest, ports: Ports): Promise<RenderedSources> {
  const { project } = request;
  const application = atRevision(request.application, request.revision);
  refuseForbiddenSources(application, project);
  const cluster = await ports.clusters.open(application.destination);
  const facts = await cluster.facts();
  const { name } = application;
  const step = (step: 'fetch' | 'render', detail: string): void =>
    ports.reporter.report({ type: 'step', application: name, step, detail });
  step('fetch', [...new Set(application.sources.map(({ repoURL }) => withoutUserinfo(repoURL)))].join(', '));
  const prepared = await prepareRender(
    {
      application,
      capabilities: capabilitiesOf(facts),
      resolve: (source) => resolveSource(source, ports.git),
      chartCredentials: (repoURL) => permittedCredential(repoURL, project, ports),
    },
    ports,
  );
  const { sources } = prepared;
  const tools = await ports.runner.versions();
  const kept = await findKeptRender(prepared, project.name, ports);
  if (kept !== undefined) return { ...kept, sources, tools, rendered: false };
  step('render', [...new Set(sources.map(({ revision }) => revision.slice(0, 12)))].join(', '));
  return { ...(await renderAnew(prepared, project.name, ports)), sources, tools, rendered: true };
}

/** The commit that a source's targetRevision means now; one `ls-refs` request, none for a full SHA. */
export async function resolveSource(
  source: Source,
  git: GitHost,
): Promise<{ repoURL: string; sha: string; ref?: string }> {
  const prefixes = refPrefixesFor(source.targetRevision, source.tagPrefix);
  const refs = prefixes.length === 0 ? [] : await git.listRefs(source.repoURL, prefixes);
  const resolved = resolveRevision(source, refs);
  return { repoURL: source.repoURL, ...resolved };
}

/** The application with another revision asked of its first Git source. */
function atRevision(application: Application, revision: string | undefined): Application {
  if (revision === undefined) return application;
  const first = application.sources.findIndex(
    ({ chart, ref, path }) => chart === undefined && !(ref !== undefined && path === undefined),
  );
  if (first === -1) return application;
  return {
    ...application,
    sources: application.sources.with(first, { ...(application.sources[first] as Source), targetRevision: revision }),
  };
}

function refuseForbiddenSources(application: Application, project: Project): void {
  for (const { repoURL } of application.sources) {
    const reason = forbiddenSource(project, repoURL);
    if (reason === undefined) continue;
    throw new PlumbError('project-forbids', `${application.name}: its source may not be used: ${reason}`, {
      object: application.name,
      hint: "use an allowed repository, or have the project's owner add it to sourceRepos",
    });
  }
}

/** A dependency gets no credential of a repository that the project may not use itself. */
async function permittedCredential(
  repoURL: string,
  project: Project,
  ports: Ports,
): Promise<HostCredential | undefined> {
  const spellings = [repoURL, repoURL.replace(/^oci:\/\//i, '')];
  const isPermitted = spellings.some((spelling) => forbiddenSource(project, spelling) === undefined);
  return isPermitted ? ports.chartCredential(repoURL) : undefined;
}

function capabilitiesOf(facts: ClusterFacts): {
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
} {
  return { kubeVersion: facts.version, apiVersions: apiVersionsOf(facts) };
}
