import type { Source } from '../model/application.ts';

export const tools = ['directory', 'kustomize', 'helm'] as const;
export type Tool = (typeof tools)[number];

export const kustomizationNames: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Argo CD's rule: the options that are written, else the files of the folder itself; kustomize wins over helm. */
export function detectTool(source: Source, names: readonly string[]): Tool {
  const written = tools.find((tool) => source[tool] !== undefined);
  if (written !== undefined) return written;
  if (names.some((name) => kustomizationNames.includes(name))) return 'kustomize';
  return names.some((name) => name.endsWith('Chart.yaml')) ? 'helm' : 'directory';
}
