import type { RenderTemplate } from './evaluation.ts';
import type { Rewrite } from './external-secret.ts';
import { compileGoRegexp, replaceAllAsGo } from './go-regexp.ts';
import { mergeValues } from './merge.ts';
import { withPlace } from './problems.ts';
import { sortedEntries, type Values } from './values.ts';

/** What rewriting depends on. */
export type RewriteContext = {
  readonly renderTemplate: RenderTemplate;
  readonly now: Date;
  readonly randomBytes: (length: number) => Uint8Array;
};

/** Values after all rewrites, one after another; a failure is a SecretError that names the rewrite by its number. */
export function rewriteValues(rewrites: readonly Rewrite[], values: Values, context: RewriteContext): Values {
  return rewrites.reduce((current, rewrite, index) => {
    try {
      return rewriteOnce(rewrite, current, context);
    } catch (error) {
      throw withPlace(`rewrite[${index}]`, error);
    }
  }, values);
}

function rewriteOnce(rewrite: Rewrite, values: Values, context: RewriteContext): Values {
  if (rewrite.type === 'merge') return mergeValues(rewrite, values);
  return renamed(values, rewrite.type === 'regexp' ? byRegexp(rewrite) : byTemplate(rewrite.template, context));
}

/** Where two keys become one, the later one in the order of the old names is kept. */
function renamed(values: Values, rename: (key: string) => string): Values {
  return new Map(sortedEntries(values).map(([key, value]) => [rename(key), value]));
}

function byRegexp({ source, target }: { readonly source: string; readonly target: string }): (key: string) => string {
  const regexp = compileGoRegexp(source);
  return (key) => replaceAllAsGo(regexp, key, target);
}

function byTemplate(template: string, context: RewriteContext): (key: string) => string {
  const { renderTemplate, now, randomBytes } = context;
  const fixed = { name: 'transform', text: template, missingKey: 'default', flavour: 'external-secrets' } as const;
  return (key) => {
    const data = new Map([['value', new Uint8Array(Buffer.from(key, 'utf8'))]]);
    return Buffer.from(renderTemplate({ ...fixed, data, now, randomBytes })).toString('utf8');
  };
}
