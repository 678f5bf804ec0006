import { SecretError } from '../../errors.ts';
import type { MadeOnce } from '../../model/secret-generator.ts';
import { generatedKeys, makeOnce } from '../generators/make-once.ts';
import type { Known } from './evaluation.ts';
import type { ExternalSecret, Rewrite, Template } from './external-secret.ts';
import { validateKeys } from './keys.ts';
import { rewriteValues } from './rewrite.ts';
import type { Values } from './values.ts';

/** Values by key, and the keys whose values were in the Secret already. */
export type Generated = { readonly values: Values; readonly kept: ReadonlySet<string> };

type Wanted = {
  readonly es: ExternalSecret;
  readonly known: Known;
  readonly spec: MadeOnce;
  readonly rewrite: readonly Rewrite[];
  /** What the Secret in the cluster has; absent: there is none. */
  readonly existing: ((key: string) => Uint8Array | undefined) | undefined;
};

/** Values that are made once: those that the Secret has are kept; a key pair is kept or made as a whole. */
export function generatedOnce(wanted: Wanted): Generated {
  const { es, known, spec, rewrite, existing } = wanted;
  if (es.target.manifest !== undefined) throw onlyInSecrets();
  const names = finalNames(spec, rewrite, known);
  if (existing !== undefined && !keepsProviderData(es.target.template)) throw notRecoverable();
  const old = new Map([...names.keys()].flatMap((key) => pairOf(key, existing?.(key))));
  const isPair = spec.type === 'ssh-key';
  const kept = isPair && old.size < names.size ? new Map<string, Uint8Array>() : old;
  if (kept.size === names.size) return { values: kept, kept: new Set(kept.keys()) };
  const made = makeOnce(spec, known.randomBytes);
  const values = [...names].flatMap(([key, name]) => pairOf(key, kept.get(key) ?? made.get(name)));
  return { values: new Map(values), kept: new Set(kept.keys()) };
}

function pairOf(key: string, value: Uint8Array | undefined): readonly (readonly [string, Uint8Array])[] {
  return value === undefined ? [] : [[key, value]];
}

/** The generator's own names by the keys that they have in the end. */
function finalNames(spec: MadeOnce, rewrite: readonly Rewrite[], known: Known): ReadonlyMap<string, string> {
  const names = generatedKeys(spec).map((name) => [name, new Uint8Array(Buffer.from(name, 'utf8'))] as const);
  const renamed = validateKeys(rewriteValues(rewrite, new Map(names), known));
  return new Map([...renamed].map(([key, name]) => [key, Buffer.from(name).toString('utf8')]));
}

/** Whether what the provider gave is in the Secret as it came. */
export function keepsProviderData(template: Template | undefined): boolean {
  if (template === undefined || template.mergePolicy === 'Merge') return true;
  return Object.keys(template.data).length + template.templateFrom.length === 0;
}

function onlyInSecrets(): SecretError {
  return new SecretError(
    'secret-invalid',
    'a value that is made once is kept in the Secret itself, and this makes none',
    {
      hint: 'remove spec.target.manifest to have a Secret made',
    },
  );
}

/** The error for a generated value that only a template has seen. */
export function notRecoverable(): SecretError {
  const reason = 'the value was made once, and the Secret has only what the template made of it';
  return new SecretError('secret-invalid', `${reason}, so that it cannot be used again`, {
    hint: 'set template.mergePolicy: Merge and leave the key out of the template; delete the Secret to have a new value made',
  });
}
