import manifest from '../package.json' with { type: 'json' };

/** Plumbline's own version, such as `0.1.0`. */
export function plumbVersion(): string {
  return manifest.version;
}
