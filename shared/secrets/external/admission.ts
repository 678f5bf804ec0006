import { SecretError } from '../../errors.ts';
import { compileGoRegexp } from './go-regexp.ts';
import type { Problem } from './shape.ts';
import { targetProblems } from './target-rules.ts';
import type { WrittenDataFrom, WrittenRewrite, WrittenRow, WrittenSpec, WrittenTarget } from './written.ts';

/** Generators that can be used. */
const generatorKinds = [
  'ECRAuthorizationToken',
  'Password',
  'UUID',
  'SSHKey',
  'GithubAccessToken',
  'ClusterGenerator',
] as const;

/** The apiVersion of generators. */
export const generatorVersion = 'generators.external-secrets.io/v1alpha1';

/** All rules that External Secrets Operator's webhook would have applied, and what Plumbline cannot do. */
export function admissionProblems(spec: WrittenSpec): readonly Problem[] {
  const rows = spec.data ?? [];
  const entries = spec.dataFrom ?? [];
  const hasStore = spec.secretStoreRef?.name !== undefined;
  const empty = {
    field: 'spec',
    text: 'has neither data nor dataFrom',
    hint: 'say in data or dataFrom what is to be read',
  };
  return [
    ...(rows.length + entries.length === 0 ? [empty] : []),
    ...rows.flatMap((row, index) => rowProblems(row, `spec.data[${index}]`, hasStore)),
    ...entries.flatMap((entry, index) => entryProblems(entry, `spec.dataFrom[${index}]`, hasStore)),
    ...duplicateKeys(rows, spec.target),
    ...(spec.target === undefined ? [] : targetProblems(spec.target)),
  ];
}

function rowProblems({ sourceRef }: WrittenRow, field: string, hasStore: boolean): readonly Problem[] {
  if (sourceRef?.generatorRef !== undefined)
    return [
      {
        field: `${field}.sourceRef.generatorRef`,
        text: 'does nothing there',
        hint: 'use the generator in spec.dataFrom[].sourceRef',
      },
    ];
  return hasStore || sourceRef?.storeRef?.name !== undefined ? [] : [noStore(field)];
}

function noStore(field: string): Problem {
  return {
    field,
    text: 'has no store',
    hint: 'name one in spec.secretStoreRef, or in sourceRef.storeRef of the entry',
  };
}

function entryProblems(entry: WrittenDataFrom, field: string, hasStore: boolean): readonly Problem[] {
  const { extract, find, sourceRef, rewrite = [] } = entry;
  const generator = sourceRef?.generatorRef;
  const chosen = [extract, find, generator].filter((one) => one !== undefined).length;
  const rewrites = rewrite.flatMap((one, index) => rewriteProblems(one, `${field}.rewrite[${index}]`));
  if (chosen !== 1)
    return [{ field, text: 'needs exactly one of extract, find and sourceRef.generatorRef' }, ...rewrites];
  if (generator !== undefined) return [...generatorProblems(generator, `${field}.sourceRef.generatorRef`), ...rewrites];
  const store = hasStore || sourceRef?.storeRef?.name !== undefined ? [] : [noStore(field)];
  return [...store, ...(find === undefined ? [] : findProblems(find, `${field}.find`)), ...rewrites];
}

type Written<Key extends keyof WrittenDataFrom> = NonNullable<WrittenDataFrom[Key]>;

function generatorProblems(
  { apiVersion, kind }: NonNullable<Written<'sourceRef'>['generatorRef']>,
  field: string,
): readonly Problem[] {
  if (apiVersion !== undefined && apiVersion !== '' && apiVersion !== generatorVersion)
    return [{ field: `${field}.apiVersion`, text: `is not ${generatorVersion}` }];
  if (generatorKinds.some((known) => known === kind)) return [];
  const hint = `use one of ${generatorKinds.join(', ')}, or leave this ExternalSecret to External Secrets Operator`;
  return [{ field: `${field}.kind`, text: `${kind} is not supported`, hint }];
}

function findProblems({ name, tags }: Written<'find'>, field: string): readonly Problem[] {
  const regexp = name?.regexp;
  if (name === undefined && Object.keys(tags ?? {}).length === 0)
    return [{ field, text: 'has neither name nor tags', hint: 'say in name.regexp or tags what is to be found' }];
  return regexp === undefined ? [] : regexpProblems(regexp, `${field}.name.regexp`);
}

function rewriteProblems({ regexp, transform, merge }: WrittenRewrite, field: string): readonly Problem[] {
  const chosen = [regexp, transform, merge].filter((one) => one !== undefined).length;
  if (chosen !== 1) return [{ field, text: 'needs exactly one of regexp, transform and merge' }];
  if (merge?.strategy === 'JSON' && (merge.into ?? '') === '')
    return [{ field: `${field}.merge.into`, text: 'is missing; strategy JSON puts the result there' }];
  return regexp === undefined ? [] : regexpProblems(regexp.source, `${field}.regexp.source`);
}

function regexpProblems(source: string, field: string): readonly Problem[] {
  try {
    compileGoRegexp(source);
    return [];
  } catch (error) {
    const hint = error instanceof SecretError ? error.hint : undefined;
    return [
      { field, text: 'is not a regular expression that RE2 understands', ...(hint === undefined ? {} : { hint }) },
    ];
  }
}

function duplicateKeys(rows: readonly WrittenRow[], target: WrittenTarget | undefined): readonly Problem[] {
  if ((target?.deletionPolicy ?? 'Retain') !== 'Retain') return [];
  const seen = new Set<string>();
  return rows.flatMap(({ secretKey }, index) => {
    const isAgain = seen.has(secretKey);
    seen.add(secretKey);
    return isAgain ? [{ field: `spec.data[${index}].secretKey`, text: `${secretKey} is there twice` }] : [];
  });
}
