import { type BundlingOptions, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';

/** Bundled CommonJS asks for Node's own modules by `require`, which modules do not have. */
const requireBanner =
  "import{createRequire as plumbCreateRequire}from'node:module';const require=plumbCreateRequire(import.meta.url);";

/**
 * How handlers become one file each. The clients of the AWS SDK come along: the versions are then those that were tested, and a
 * cold start loads a tree-shaken file instead of searching the runtime's folders.
 */
export const bundling: BundlingOptions = {
  target: 'node24',
  format: OutputFormat.ESM,
  // ES modules first, since only they can be shaken.
  mainFields: ['module', 'main'],
  minify: true,
  bundleAwsSDK: true,
  sourceMap: true,
  sourceMapMode: SourceMapMode.DEFAULT,
  // The names and lines are what a stack trace needs.
  sourcesContent: false,
  banner: requireBanner,
  forceDockerBundling: false,
  esbuildArgs: { '--legal-comments': 'none' },
};
