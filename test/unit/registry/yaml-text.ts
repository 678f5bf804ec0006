import type { Manifest } from '../../../shared/model/manifest.ts';
import { parseManifests } from '../../../shared/model/yaml.ts';

/** The one manifest of a YAML text. */
export function manifestOf(text: string): Manifest {
  const [manifest, ...others] = parseManifests(text, 'test.yaml');
  if (manifest === undefined || others.length > 0) throw new Error('one manifest is wanted');
  return manifest;
}

/** An Application with the given lines below `spec`, in place of the ones that every Application needs. */
export function applicationText(spec: string, name = 'shop'): string {
  return `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
spec:
${indent(spec)}`;
}

/** An AppProject with the given lines below `spec`. */
export function projectText(spec: string, name = 'team'): string {
  return `
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: ${name}
spec:
${indent(spec)}`;
}

/** What every Application needs below `spec`. */
export const destination = `
destination:
  name: prod
  namespace: shop`;

export const source = `
source:
  repoURL: https://git.example/shop
  path: deploy`;

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
