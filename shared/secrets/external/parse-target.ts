import type { Target, Template, TemplateFrom } from './external-secret.ts';
import type { WrittenTarget, WrittenTemplate, WrittenTemplateFrom } from './written.ts';

/** A target with its defaults; its name is that of the ExternalSecret unless it says another. */
export function parseTarget(written: WrittenTarget, name: string): Target {
  const { template, manifest } = written;
  return {
    name: written.name ?? name,
    creationPolicy: written.creationPolicy ?? 'Owner',
    deletionPolicy: written.deletionPolicy ?? 'Retain',
    immutable: written.immutable ?? false,
    ...(template === undefined ? {} : { template: parseTemplate(template) }),
    ...(manifest === undefined ? {} : { manifest }),
  };
}

function parseTemplate(written: WrittenTemplate): Template {
  const { type, metadata = {} } = written;
  return {
    ...(type === undefined || type === '' ? {} : { type }),
    mergePolicy: written.mergePolicy ?? 'Replace',
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    finalizers: metadata.finalizers ?? [],
    data: written.data ?? {},
    templateFrom: (written.templateFrom ?? []).flatMap(parseTemplateFrom),
  };
}

/** One entry may name a ConfigMap, a Secret and a literal: they are taken in that order. */
function parseTemplateFrom(written: WrittenTemplateFrom): readonly TemplateFrom[] {
  const { configMap, secret, literal } = written;
  const lower = (written.target ?? '').toLowerCase();
  const target = ['data', 'labels', 'annotations'].includes(lower) ? lower : written.target || 'data';
  const valuesDecoding = written.valuesDecodingStrategy ?? 'None';
  const from = [
    ...(configMap === undefined ? [] : [sourceOf('ConfigMap', configMap)]),
    ...(secret === undefined ? [] : [sourceOf('Secret', secret)]),
    ...(literal === undefined ? [] : [{ type: 'literal', text: literal } as const]),
  ];
  return from.map((one) => ({ target, valuesDecoding, from: one }));
}

function sourceOf(
  type: 'ConfigMap' | 'Secret',
  { name, items }: NonNullable<WrittenTemplateFrom['secret']>,
): TemplateFrom['from'] {
  return { type, name, items: items.map(({ key, templateAs }) => ({ key, templateAs: templateAs ?? 'Values' })) };
}
