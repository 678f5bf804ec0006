import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Metafile } from 'esbuild';
import type { FunctionName } from './sizes.ts';

const program = join(import.meta.dirname, 'bundle-process.ts');

/** Bundles a handler into a folder, with nothing but esbuild. */
export function bundle(entry: string, outdir: string): { readonly metafile: Metafile } {
  const told = execFileSync(execPath, [program, entry, outdir], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { metafile: JSON.parse(told) as Metafile };
}

/** A handler's code: bundled when it is deployed, and once for all functions that run it. */
export function bundledCode(handlers: string, name: FunctionName): Code {
  const entry = join(handlers, `${name}.ts`);
  return Code.fromAsset(handlers, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used, but asked for.
      image: DockerImage.fromRegistry('none'),
      // Tells one handler from the other.
      command: [entry],
      local: {
        tryBundle: (outdir) => {
          bundle(entry, outdir);
          return true;
        },
      },
    },
  });
}
