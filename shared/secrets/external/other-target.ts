import { SecretError } from '../../errors.ts';
import { isJsonObject, type Json } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { DraftEntry } from './draft.ts';
import type { Known } from './evaluation.ts';
import type { ExternalSecret, Target } from './external-secret.ts';
import { metadataOf, withSecretFields } from './metadata.ts';
import { manifestMetadata } from './secret-target.ts';
import { setAt } from './set-at.ts';
import type { Values } from './values.ts';

/** The object of another kind than Secret that an ExternalSecret asks for; every part that a value may have reached is concealed. */
export function otherManifest(
  es: ExternalSecret,
  { kind: declared, values, draft }: OtherParts,
  known: Known,
): Manifest {
  const { apiVersion, kind } = declared;
  const entries = es.target.template === undefined ? plainEntries(kind, values) : draft;
  const parts = entries.filter(({ target }) => target !== 'labels' && target !== 'annotations');
  const isTainted = parts.some(({ tainted }) => tainted);
  if (isTainted && !known.allow.targets(kindName(declared))) throw notAllowed(kind);
  const body = parts.reduce<Json>((object, entry) => setAt(object, pathOf(entry), jsonOf(entry, known)), {});
  return {
    ...(isJsonObject(body) ? body : {}),
    apiVersion,
    kind,
    metadata: manifestMetadata(es, withSecretFields(metadataOf(es, draft, known), isTainted ? ['body'] : [])),
  };
}

type Declared = NonNullable<Target['manifest']>;
type OtherParts = {
  readonly kind: Declared;
  readonly values: Values;
  readonly draft: readonly DraftEntry[];
};

function kindName({ apiVersion, kind }: Declared): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? kind : `${apiVersion.slice(0, slash)}/${kind}`;
}

function plainEntries(kind: string, values: Values): readonly DraftEntry[] {
  const target = kind === 'ConfigMap' ? 'data' : 'spec.data';
  return [...values].map(([key, bytes]) => ({ target, key, name: key, tainted: true, bytes }));
}

function pathOf({ target, key }: DraftEntry): readonly string[] {
  const steps = target.split(/[.[\]]+/).filter((step) => step !== '');
  return key === undefined ? steps : [...steps, key];
}

function jsonOf(entry: DraftEntry, known: Known): Json {
  if ('json' in entry) return entry.tainted ? concealedLeaves(entry.json, known) : entry.json;
  return entry.tainted ? known.conceal(entry.bytes) : Buffer.from(entry.bytes).toString('utf8');
}

/** Texts are concealed; numbers and booleans have to stay what they are for the cluster to take them. */
function concealedLeaves(value: Json, known: Known): Json {
  if (typeof value === 'string') return known.conceal(new Uint8Array(Buffer.from(value, 'utf8')));
  if (Array.isArray(value)) return value.map((item) => concealedLeaves(item, known));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, concealedLeaves(member ?? null, known)]),
  );
}

function notAllowed(kind: string): SecretError {
  return new SecretError(
    'secret-refused',
    `spec.target.manifest: it puts secret values into a ${kind}, which is not secret`,
    {
      hint: 'remove spec.target.manifest to have a Secret made, or have the operator allow the kind',
    },
  );
}
