import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { leanClients } from './lean-clients.ts';

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
    // Only for bodies that are forms.
    '*/web/fetch/body.js',
  ],
  alias: standIns,
  define: {
    // As Node itself bundles undici: without its second, experimental parser.
    esbuildDetection: 'true',
    'process.env.JEST_WORKER_ID': 'undefined',
  },
  plugins: [leanClients],
  logLevel: 'error',
  metafile: true,
};

// A process of its own, since bundling with a plug-in is asynchronous, and constructs are not.
const [, , entry = '', outdir = ''] = argv;
const { metafile } = await build({ ...options, entryPoints: [{ in: entry, out: 'index' }], outdir });
stdout.write(JSON.stringify(metafile));
