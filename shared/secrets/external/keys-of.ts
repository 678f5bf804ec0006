import type { ExternalSecret } from './external-secret.ts';

/** The keys that the Secret will have, where the manifest alone tells them; undefined: only what is read can tell. */
export function keysOf({ data, dataFrom, target }: ExternalSecret): readonly string[] | undefined {
  const { template } = target;
  const fromTemplate = Object.keys(template?.data ?? {});
  const hasContent = template !== undefined && fromTemplate.length + template.templateFrom.length > 0;
  if (template?.templateFrom.some(({ target: into }) => into === 'data')) return undefined;
  const isReplaced = hasContent && template.mergePolicy === 'Replace';
  if (isReplaced) return fromTemplate;
  if (dataFrom.length > 0) return undefined;
  return [...new Set([...data.map(({ secretKey }) => secretKey), ...fromTemplate])];
}
