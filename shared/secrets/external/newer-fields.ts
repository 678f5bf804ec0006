import type { Problem } from './shape.ts';
import type { WrittenSpec } from './written.ts';

/** Fields of v1 that v1beta1 has not. */
export function newerFields(spec: WrittenSpec): readonly Problem[] {
  const used: readonly (readonly [string, boolean])[] = [
    ['spec.syncWindows', spec.syncWindows !== undefined],
    ['spec.target.manifest', spec.target?.manifest !== undefined],
    ['spec.target.creationPolicy CreateOrMerge', spec.target?.creationPolicy === 'CreateOrMerge'],
    ['spec.target.template.metadata.finalizers', spec.target?.template?.metadata?.finalizers !== undefined],
    ...(spec.target?.template?.templateFrom ?? []).map(
      (entry, index) =>
        [
          `spec.target.template.templateFrom[${index}].valuesDecodingStrategy`,
          entry.valuesDecodingStrategy !== undefined,
        ] as const,
    ),
    ...(spec.data ?? []).map(
      (row, index) =>
        [`spec.data[${index}].remoteRef.nullBytePolicy`, row.remoteRef.nullBytePolicy !== undefined] as const,
    ),
    ...(spec.dataFrom ?? []).flatMap((entry, index) => newerFieldsOfEntry(entry, `spec.dataFrom[${index}]`)),
  ];
  return used
    .filter(([, isUsed]) => isUsed)
    .map(([field]) => ({
      field,
      text: 'does not exist in external-secrets.io/v1beta1',
      hint: 'write apiVersion: external-secrets.io/v1',
    }));
}

type Entry = NonNullable<WrittenSpec['dataFrom']>[number];

function newerFieldsOfEntry(entry: Entry, field: string): readonly (readonly [string, boolean])[] {
  return [
    [`${field}.extract.nullBytePolicy`, entry.extract?.nullBytePolicy !== undefined],
    [`${field}.find.nullBytePolicy`, entry.find?.nullBytePolicy !== undefined],
    ...(entry.rewrite ?? []).map(
      ({ merge }, index) => [`${field}.rewrite[${index}].merge`, merge !== undefined] as const,
    ),
  ];
}
