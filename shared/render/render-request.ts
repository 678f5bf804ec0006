import type { Application, Source } from '../model/application.ts';
import type { JsonObject } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';
import type { ResolvedSource } from '../model/revision.ts';
import type { CommandRunner, GitHost } from '../ports.ts';

/** What a cluster offers to templates: its version (empty: unknown) and `v1`, `apps/v1`, `apps/v1/Deployment`, … */
export type Capabilities = { readonly kubeVersion: string; readonly apiVersions: readonly string[] };

/** User name and password of a chart registry. They reach helm in a file, never as an argument. */
export type ChartCredentials = { readonly username: string; readonly password: string };

export type RenderRequest = {
  readonly application: Application;
  readonly capabilities: Capabilities;
  /** The commit that a Git source's targetRevision means now. */
  readonly resolve: (
    source: Source,
  ) => Promise<{ readonly repoURL: string; readonly sha: string; readonly ref?: string }>;
  /** What opens a chart's repository, be it a source's own or that of a dependency; undefined: it is asked without. */
  readonly chartCredentials?: (repoURL: string) => Promise<ChartCredentials | undefined>;
};

export type RenderPorts = {
  readonly git: GitHost;
  readonly runner: CommandRunner;
  /** A private folder; each run of a tool makes its own in it and takes it away. Pulled charts are kept in `charts/` below it. */
  readonly scratch: string;
};

/** What a tool made of one source. */
export type RenderedPart = { readonly manifests: readonly Manifest[]; readonly warnings: readonly string[] };

/** One source that is ready to be rendered. `key` holds all that its output depends on. */
export type PreparedPart = { readonly key: JsonObject; readonly render: (ports: RenderPorts) => Promise<RenderedPart> };

/** All sources of an application, resolved and read, before any tool has run. */
export type PreparedRender = {
  /** SHA-256 in hex of everything that the render depends on: equal keys mean equal renders. */
  readonly inputKey: string;
  readonly sources: readonly ResolvedSource[];
  readonly parts: readonly PreparedPart[];
};
