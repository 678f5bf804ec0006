import type { HelmOptions } from '../model/application.ts';
import type { Capabilities } from './render-request.ts';

export type HelmCall = {
  readonly release: string;
  readonly namespace: string;
  readonly options: HelmOptions;
  readonly capabilities: Capabilities;
  /** In ascending precedence, from the chart's folder. */
  readonly valueFiles: readonly string[];
  readonly fileParameters: readonly { readonly name: string; readonly path: string }[];
};

/** The arguments of `helm template .` as Argo CD gives them; nothing that a person wrote can be taken for a flag. */
export function helmArguments({
  release,
  namespace,
  options,
  capabilities,
  valueFiles,
  fileParameters,
}: HelmCall): readonly string[] {
  const kubeVersion = options.kubeVersion ?? capabilities.kubeVersion;
  const apiVersions = options.apiVersions.length > 0 ? options.apiVersions : capabilities.apiVersions;
  return [
    'template',
    ...flag('--namespace', namespace),
    ...flag('--kube-version', kubeVersion),
    ...flag('--api-versions', apiVersions.join(',')),
    ...(options.skipCrds ? [] : ['--include-crds']),
    ...(options.skipTests ? ['--skip-tests'] : []),
    ...(options.skipSchemaValidation ? ['--skip-schema-validation'] : []),
    ...valueFiles.flatMap((path) => ['--values', quoteListItem(path)]),
    ...options.parameters.flatMap(({ name, value, forceString }) => [
      forceString ? '--set-string' : '--set',
      `${name}=${escapeCommas(value)}`,
    ]),
    ...fileParameters.flatMap(({ name, path }) => ['--set-file', `${name}=${escapeCommas(path)}`]),
    '--',
    release,
    '.',
  ];
}

/** A comma would start another parameter; `{a,b}` is a list and keeps its commas. Argo CD's rule, a second comma in a row included. */
export function escapeCommas(value: string): string {
  return value.startsWith('{') && value.endsWith('}') ? value : value.replace(/([^\\]),/g, '$1\\,');
}

function flag(name: string, value: string): readonly string[] {
  return value === '' ? [] : [name, value];
}

/** Helm reads `--values` as a line of CSV. */
function quoteListItem(path: string): string {
  return /[",\n]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path;
}
