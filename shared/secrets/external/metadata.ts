import { SecretError } from '../../errors.ts';
import type { StringMap } from '../../model/manifest.ts';
import { secretFieldsAnnotation } from '../../model/secret-fields.ts';
import { type DraftEntry, entriesOf } from './draft.ts';
import type { Known } from './evaluation.ts';
import type { ExternalSecret } from './external-secret.ts';

export type Metadata = { readonly labels: StringMap; readonly annotations: StringMap };

/** How the Secret is applied is said by the ExternalSecret that it is made of. */
const carried: ReadonlySet<string> = new Set([
  'argocd.argoproj.io/sync-wave',
  'argocd.argoproj.io/sync-options',
  'argocd.argoproj.io/compare-options',
  'argocd.argoproj.io/hook',
  'argocd.argoproj.io/hook-delete-policy',
  'argocd.argoproj.io/ignore-healthcheck',
  'helm.sh/hook',
  'helm.sh/hook-weight',
  'helm.sh/hook-delete-policy',
  'helm.sh/resource-policy',
]);

/** Who owns the ExternalSecret does not thereby own the Secret; and a manifest as it was last applied is that of another object. */
const neverCopied: ReadonlySet<string> = new Set([
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/installation-id',
  'argocd.argoproj.io/refresh',
  'kubectl.kubernetes.io/last-applied-configuration',
  'plumbline.dev/app',
]);

/** Labels and annotations: those of the ExternalSecret where there is no template, else what the template says. */
export function metadataOf(es: ExternalSecret, draft: readonly DraftEntry[], known: Known): Metadata {
  const inherits = es.target.template === undefined;
  const own = filtered(es.annotations, (key) => carried.has(key));
  const metadata = {
    labels: inherits ? copied(es.labels) : rendered(draft, 'labels', known),
    annotations: { ...own, ...(inherits ? copied(es.annotations) : rendered(draft, 'annotations', known)) },
  };
  return inherits
    ? metadata
    : withSecretFields(metadata, [...taintedOf(draft, 'labels'), ...taintedOf(draft, 'annotations')]);
}

/** The metadata, with a word on what holds secret values. */
export function withSecretFields({ labels, annotations }: Metadata, fields: readonly string[]): Metadata {
  const before = annotations[secretFieldsAnnotation];
  const all = [...(before === undefined ? [] : [before]), ...fields].join(' ');
  return { labels, annotations: all === '' ? annotations : { ...annotations, [secretFieldsAnnotation]: all } };
}

function taintedOf(draft: readonly DraftEntry[], target: 'labels' | 'annotations'): readonly string[] {
  return [...entriesOf(draft, target)].filter(([, { tainted }]) => tainted).map(([key]) => `${target}/${key}`);
}

function copied(map: StringMap): StringMap {
  return filtered(map, (key) => !neverCopied.has(key));
}

function filtered(map: StringMap, keep: (key: string) => boolean): StringMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => keep(key)));
}

function rendered(draft: readonly DraftEntry[], target: 'labels' | 'annotations', known: Known): StringMap {
  const pairs = [...entriesOf(draft, target)].map(([key, { name, bytes, tainted }]) => {
    if (tainted && !known.allow.metadata) throw readable(name, target);
    const text = Buffer.from(bytes).toString('utf8');
    if (target === 'labels' && !isLabelValue(text)) throw wrongLabel(name);
    return [key, text] as const;
  });
  return Object.fromEntries(pairs);
}

function isLabelValue(text: string): boolean {
  return text.length <= 63 && /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(text);
}

function readable(name: string, target: string): SecretError {
  return new SecretError(
    'secret-refused',
    `template ${name}: it puts a secret value into ${target}, which are not secret`,
    {
      hint: `write the ${target} without values, or have the operator allow values in metadata`,
    },
  );
}

function wrongLabel(name: string): SecretError {
  return new SecretError('secret-invalid', `template ${name}: what it renders is no value of a label`, {
    hint: 'a label has at most 63 letters, digits, "-", "_" and ".", a letter or digit first and last',
  });
}
