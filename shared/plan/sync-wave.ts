import { annotationOf, type Manifest } from '../model/manifest.ts';

const waveAnnotations = ['argocd.argoproj.io/sync-wave', 'helm.sh/hook-weight'];

/** The sync wave of an object: the first annotation that is an integer, else 0. Source: Argo CD's waves.go. */
export function syncWave(manifest: Manifest): number {
  const written = waveAnnotations.map((key) => annotationOf(manifest, key)).filter((value) => value !== undefined);
  const wave = written.find((value) => /^[+-]?\d{1,15}$/.test(value));
  return wave === undefined ? 0 : Number(wave) || 0;
}
