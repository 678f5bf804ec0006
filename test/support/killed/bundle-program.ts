import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { buildSync } from 'esbuild';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'node_modules/.cache/killed');

/**
 * A program of this folder as one file, with no difference but that: finding and loading its thousand modules is half of the work of
 * a process that soon dies. Its name follows from its content, so that what is compiled of it is found again.
 */
export function bundleProgram(file: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, file)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Large, and loaded only by what no scenario does.
    external: ['@aws-sdk/*', '@kubernetes/client-node'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const content = outputFiles[0]?.contents ?? new Uint8Array();
  const path = join(folder, `${createHash('sha256').update(content).digest('hex').slice(0, 16)}.mjs`);
  mkdirSync(folder, { recursive: true });
  // Whoever reads it meanwhile has it whole.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, path);
  return path;
}
