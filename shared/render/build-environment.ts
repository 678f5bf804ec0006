import type { Application, Source } from '../model/application.ts';
import { withoutUserinfo } from '../model/repo-url.ts';
import type { Capabilities } from './render-request.ts';

/** The variables that a source may name as `$NAME` or `${NAME}`. */
export type BuildEnvironment = { readonly [name: string]: string };

/** Argo CD's build environment of one source at one revision. */
export function buildEnvironment(
  application: Application,
  { source, revision }: { readonly source: Source; readonly revision: string },
  { kubeVersion, apiVersions }: Capabilities,
): BuildEnvironment {
  return {
    ARGOCD_APP_NAME: application.name,
    ARGOCD_APP_NAMESPACE: application.destination.namespace,
    ARGOCD_APP_PROJECT_NAME: application.project,
    ARGOCD_APP_REVISION: revision,
    ARGOCD_APP_REVISION_SHORT: revision.slice(0, 7),
    ARGOCD_APP_REVISION_SHORT_8: revision.slice(0, 8),
    ARGOCD_APP_SOURCE_PATH: source.path ?? '',
    ARGOCD_APP_SOURCE_REPO_URL: withoutUserinfo(source.repoURL),
    ARGOCD_APP_SOURCE_TARGET_REVISION: source.targetRevision,
    KUBE_VERSION: kubeVersion.replace(/^v/, ''),
    KUBE_API_VERSIONS: apiVersions.join(','),
  };
}

/** What Go's os.Expand takes for a variable: braced, one special character, or a name. */
const variable = /\$(?:\{([^}]*)\}|\{|([*#$@!?\-0-9])|([A-Za-z_]\w*))/g;

/** Puts the variables in. `$$` is a dollar, an unknown variable is empty, and a dollar before anything else stays. */
export function substituteVariables(text: string, environment: BuildEnvironment): string {
  return text.replace(variable, (...[, braced, special, named]: readonly (string | undefined)[]) => {
    const name = braced ?? special ?? named ?? '';
    if (name === '$') return '$';
    return Object.hasOwn(environment, name) ? (environment[name] ?? '') : '';
  });
}
