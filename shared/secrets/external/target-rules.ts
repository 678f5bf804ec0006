import type { StringMap } from '../../model/manifest.ts';
import type { Problem } from './shape.ts';
import type { WrittenTarget, WrittenTemplate, WrittenTemplateFrom } from './written.ts';

const accountAnnotation = 'kubernetes.io/service-account.name';
const highestIndex = 10_000;

/** What is wrong with the target of an ExternalSecret. */
export function targetProblems(target: WrittenTarget): readonly Problem[] {
  const { manifest, template } = target;
  return [
    ...policyProblems(target),
    ...(manifest?.apiVersion === 'v1' && manifest.kind === 'Secret' ? [plainSecret] : []),
    ...(template === undefined ? [] : templateProblems(template, manifest !== undefined)),
  ];
}

const plainSecret: Problem = {
  field: 'spec.target.manifest',
  text: 'is a Secret, which is what is made without it',
  hint: 'remove spec.target.manifest',
};

function policyProblems({ creationPolicy = 'Owner', deletionPolicy = 'Retain' }: WrittenTarget): readonly Problem[] {
  if (deletionPolicy === 'Delete' && ['Merge', 'None', 'CreateOrMerge'].includes(creationPolicy))
    return [
      {
        field: 'spec.target.deletionPolicy',
        text: `Delete does not go with creationPolicy ${creationPolicy}: the Secret may have keys of others`,
        hint: 'set creationPolicy: Owner, or another deletionPolicy',
      },
    ];
  if (deletionPolicy === 'Merge' && creationPolicy === 'None')
    return [
      {
        field: 'spec.target.deletionPolicy',
        text: 'Merge does not go with creationPolicy None: there is no Secret to merge with',
        hint: 'set another creationPolicy or deletionPolicy',
      },
    ];
  return [];
}

function templateProblems(template: WrittenTemplate, isManifest: boolean): readonly Problem[] {
  const annotations = template.metadata?.annotations ?? {};
  return [
    ...typeProblems(template, annotations),
    ...(template.templateFrom ?? []).flatMap((entry, index) =>
      templateFromProblems(entry, `spec.target.template.templateFrom[${index}]`, isManifest),
    ),
  ];
}

function typeProblems(template: WrittenTemplate, annotations: StringMap): readonly Problem[] {
  const rendersAnnotations =
    Object.values(annotations).some((value) => value.includes('{{')) ||
    (template.templateFrom ?? []).some(({ target }) => target?.toLowerCase() === 'annotations');
  const reason =
    forbiddenType(template.type, annotations) ?? (rendersAnnotations ? forbiddenTemplates(template.type) : undefined);
  return reason === undefined ? [] : [{ field: 'spec.target.template.type', text: reason, hint: 'use another type' }];
}

function forbiddenTemplates(type: string | undefined): string | undefined {
  return type === 'kubernetes.io/service-account-token'
    ? `${type} does not go with templates of annotations`
    : undefined;
}

/** Why a Secret of a type must not be made: the cluster would give it rights, or a token. */
export function forbiddenType(type: string | undefined, annotations: StringMap): string | undefined {
  if (type === 'bootstrap.kubernetes.io/token') return `${type} would let nodes into the cluster`;
  if (type === 'kubernetes.io/service-account-token' && Object.hasOwn(annotations, accountAnnotation))
    return `${type} with the annotation ${accountAnnotation} would make a token`;
  return undefined;
}

function templateFromProblems(entry: WrittenTemplateFrom, field: string, isManifest: boolean): readonly Problem[] {
  const { configMap, secret, literal, target = '' } = entry;
  if (configMap === undefined && secret === undefined && literal === undefined)
    return [{ field, text: 'needs one of configMap, secret and literal' }];
  const isKnown = ['', 'data', 'annotations', 'labels'].includes(target.toLowerCase());
  if (isKnown || (isManifest && isPath(target))) return [];
  const hint = isManifest ? 'write it as spec.rules[0].from' : 'write Data, Annotations or Labels';
  return [{ field: `${field}.target`, text: 'is none that can be written to', hint }];
}

function isPath(target: string): boolean {
  if (!/^[A-Za-z0-9_-]+(?:\[[0-9]{1,5}\])*(?:\.[A-Za-z0-9_-]+(?:\[[0-9]{1,5}\])*)*$/.test(target)) return false;
  if (/^(?:apiVersion|kind|metadata|status)(?:[.[]|$)/i.test(target)) return false;
  return [...target.matchAll(/\[([0-9]+)\]/g)].every(([, index]) => Number(index) <= highestIndex);
}
