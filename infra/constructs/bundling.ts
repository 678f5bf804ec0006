import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, type BuildResult, buildSync } from 'esbuild';
import type { FunctionName } from './sizes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Bundled CommonJS asks for Node's own modules by `require`, which modules do not have. */
const requireBanner =
  "import{createRequire as plumbCreateRequire}from'node:module';const require=plumbCreateRequire(import.meta.url);";

/** Libraries of which a function uses a part, and what has that part. */
const standIns = {
  undici: join(root, 'functions/bundled/undici.mjs'),
  '@aws-sdk/credential-provider-node': join(root, 'functions/bundled/aws-credentials.mjs'),
  '@aws-sdk/credential-providers': join(root, 'functions/bundled/aws-credentials.mjs'),
};

/** How a handler and all that it needs become a few files. */
const options: BuildOptions & { readonly metafile: true } = {
  absWorkingDir: root,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  // What is imported when it is first needed stays in a file of its own, and costs nothing before.
  splitting: true,
  // ES modules first, since only they can be shaken.
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  // For stack traces: names and lines are enough.
  sourcemap: true,
  sourcesContent: false,
  banner: { js: requireBanner },
  // The clients of the AWS SDK come along: those versions were tested, and the runtime's are slower to find and to load.
  external: [
    // Only for kubeconfigs that log in by a plug-in, which nobody can have here.
    '@kubernetes/client-node',
    // Only in browsers.
    'bowser',
    // Only for processors without SIMD, which Lambda has none of.
    '*/llhttp-wasm.js',
  ],
  alias: standIns,
  define: {
    // As Node itself bundles undici: without its second, experimental parser.
    esbuildDetection: 'true',
    'process.env.JEST_WORKER_ID': 'undefined',
  },
  logLevel: 'error',
  metafile: true,
};

/** Bundles a handler into a folder, with nothing but esbuild. */
export function bundle(entry: string, outdir: string): BuildResult<{ readonly metafile: true }> {
  return buildSync({ ...options, entryPoints: [{ in: entry, out: 'index' }], outdir });
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
