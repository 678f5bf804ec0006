import { gte, parse } from 'semver';
import type { Environment } from './local-setup.ts';
import { runProgram } from './run-program.ts';

export type ToolName = 'helm' | 'kubectl' | 'kustomize';

/** The oldest versions whose output Plumbline knows: helm 3.18 and 4.1, kubectl 1.33 (kustomize 5.6), kustomize 5.6. */
const oldest: { readonly [tool in ToolName]: { readonly [major: number]: string } } = {
  helm: { 3: '3.18.0', 4: '4.1.0' },
  kubectl: { 1: '1.33.0' },
  kustomize: { 5: '5.6.0' },
};

const questions: { readonly [tool in ToolName]: readonly string[] } = {
  helm: ['version', '--template', '{{.Version}}'],
  kubectl: ['version', '--client', '--output', 'json'],
  kustomize: ['version'],
};

/** What a tool says of itself; `kustomize` where it is or holds kustomize. */
export type ToolVersion = { readonly version: string; readonly kustomize?: string };

/** Asks a tool for its version; one that cannot run, is too old or too new is an error that says so. */
export async function readToolVersion(tool: ToolName, path: string, environment: Environment): Promise<ToolVersion> {
  const answer = await runProgram(path, questions[tool], { environment, timeoutMs: 10_000 });
  const found = toToolVersion(tool, answer);
  const problem = versionProblem(tool, found.version);
  if (problem !== undefined) throw new Error(`${path} ${problem}`);
  return found;
}

function toToolVersion(tool: ToolName, answer: string): ToolVersion {
  if (tool === 'helm') return { version: answer };
  if (tool === 'kustomize') return { version: answer, kustomize: answer };
  const { clientVersion, kustomizeVersion } = JSON.parse(answer) as {
    readonly clientVersion: { readonly gitVersion: string };
    readonly kustomizeVersion: string;
  };
  return { version: clientVersion.gitVersion, kustomize: kustomizeVersion };
}

/** Why a version cannot be used, or undefined. */
export function versionProblem(tool: ToolName, version: string): string | undefined {
  const minimums = oldest[tool];
  const wanted = Object.values(minimums).map((minimum) => `≥ ${minimum}`);
  const expected = `Plumbline works with ${tool} ${wanted.join(' or ')} of the same major version`;
  const parsed = parse(version);
  if (parsed === null) return `calls itself ${JSON.stringify(version)}, which is no version; ${expected}`;
  const minimum = minimums[parsed.major];
  const release = `${parsed.major}.${parsed.minor}.${parsed.patch}`;
  return minimum !== undefined && gte(release, minimum) ? undefined : `is ${version}; ${expected}`;
}
