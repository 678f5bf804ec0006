import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Lets a client of the AWS SDK be shaken: of its schemas, only those of the commands that are used stay. Its kinds of error go, too;
 * an error keeps its name, its message and its status, as one that the client's version does not know yet.
 */
export const leanClients: Plugin = {
  name: 'lean-clients',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: lean(text, path), loader: 'js' };
    });
    // It is there for the version, which a client tells AWS.
    onLoad({ filter: /[\\/]client-[\w-]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { readonly version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

const constants = /^const (_\w+) = ("[^"\\]*");$/gm;
const ownErrors = /^n0_registry\.registerError\(\w+\$, \w+\);$/gm;

function lean(text: string, path: string): string {
  const values = new Map([...text.matchAll(constants)].map(([, name = '', value = '']) => [name, value]));
  // A key that is computed counts as a side effect, so that what has one is never shaken off.
  const literal = text.replace(/\[(_\w+)\]:/g, (computed, name: string) => {
    const value = values.get(name);
    return value === undefined ? computed : `${value}:`;
  });
  const without = literal.replace(ownErrors, '');
  if (values.size > 0 && without !== literal) return without;
  throw new Error(`${path} is written in another way than expected: look at what has changed in the SDK`);
}
