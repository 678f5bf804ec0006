import { isDeterministic } from '../template/inspect-template.ts';
import type { ExternalSecret, Rewrite, Template } from './external-secret.ts';

/**
 * True when an ExternalSecret gives the same Secret each time that the same is read, and may be read each time. Where that is not so,
 * what was made has to be remembered.
 */
export function isRepeatable(es: ExternalSecret): boolean {
  const { refreshPolicy, refreshIntervalMs, syncWindows, dataFrom, target } = es;
  if (refreshPolicy !== 'Periodic' || refreshIntervalMs <= 0 || syncWindows !== undefined) return false;
  if (dataFrom.some(({ type }) => type === 'generate')) return false;
  const transforms = dataFrom.flatMap((entry) => (entry.type === 'generate' ? [] : entry.rewrite)).flatMap(transformOf);
  if (!transforms.every(isSteady)) return false;
  const { template } = target;
  if (template === undefined) return true;
  // Templates that stand in ConfigMaps and Secrets are not looked into.
  if (template.templateFrom.some(({ from }) => from.type !== 'literal')) return false;
  return templatesOf(template).every(isSteady);
}

function templatesOf({ labels, annotations, data, templateFrom }: Template): readonly string[] {
  const literals = templateFrom.flatMap(({ from }) => (from.type === 'literal' ? [from.text] : []));
  return [...Object.values(labels), ...Object.values(annotations), ...Object.values(data), ...literals];
}

function isSteady(text: string): boolean {
  return isDeterministic(text, 'external-secrets');
}

function transformOf(rewrite: Rewrite): readonly string[] {
  return rewrite.type === 'transform' ? [rewrite.template] : [];
}
