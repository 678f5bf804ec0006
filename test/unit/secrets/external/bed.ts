import { createHash } from 'node:crypto';
import { SecretError } from '../../../../shared/errors.ts';
import type { Json } from '../../../../shared/model/json.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import { revealSecret, SecretValue } from '../../../../shared/model/secret-value.ts';
import type { SecretAnswer } from '../../../../shared/secret-ports.ts';
import { evaluateExternalSecret } from '../../../../shared/secrets/external/evaluate.ts';
import type {
  Evaluated,
  ExistingSecret,
  Known,
  ReferenceAnswer,
} from '../../../../shared/secrets/external/evaluation.ts';
import { parseExternalSecret } from '../../../../shared/secrets/external/parse-external-secret.ts';
import { type Reference, referenceKey, referencesOf } from '../../../../shared/secrets/external/references.ts';
import { renderTemplate } from '../../../../shared/secrets/template/render-template.ts';

/** Bytes as a value that nobody sees; its mark is a hash. */
const conceal = (bytes: Uint8Array): SecretValue =>
  new SecretValue(bytes, createHash('sha256').update(bytes).digest('hex'));

export const hidden = (text: string): SecretValue => conceal(new Uint8Array(Buffer.from(text)));

export const found = (text: string | Uint8Array): SecretAnswer => ({
  state: 'found',
  value: typeof text === 'string' ? hidden(text) : conceal(text),
  version: 'v1',
});

/** Bytes that count up, so that what is random in a test is the same each time. */
export const countingBytes = (): ((length: number) => Uint8Array) => {
  let next = 0;
  return (length) =>
    Uint8Array.from({ length }, () => {
      next += 97;
      return next % 256;
    });
};

type Parts = {
  readonly spec: { readonly [field: string]: Json };
  readonly labels?: Labels;
  readonly annotations?: Labels;
};
type Labels = { readonly [key: string]: string };

/** An ExternalSecret `apps/web` with the store `aws`. */
export const manifestOf = ({ spec, ...metadata }: Parts, apiVersion = 'external-secrets.io/v1'): Manifest => ({
  apiVersion,
  kind: 'ExternalSecret',
  metadata: { name: 'web', namespace: 'apps', ...metadata },
  spec: { secretStoreRef: { name: 'aws' }, ...spec },
});

/** What the provider has, by key; `found` for everything else that is not an answer already. */
export type Store = { readonly [key: string]: string | Uint8Array | ReferenceAnswer };

const toAnswer = (value: Store[string] | undefined): ReferenceAnswer => {
  if (value === undefined) return { state: 'absent' };
  return typeof value === 'string' || value instanceof Uint8Array ? found(value) : value;
};

const answerTo = (reference: Reference, store: Store): ReferenceAnswer => {
  if (reference.type === 'read') return toAnswer(store[reference.address.key]);
  if (reference.type === 'generate') return toAnswer(store[reference.generator.name]);
  if (reference.type === 'template-source') return toAnswer(store[reference.name]);
  const wanted = new RegExp(reference.nameRegexp ?? '');
  const keys = Object.keys(store).filter((key) => wanted.test(key));
  return { state: 'list', found: keys.map((key) => ({ key, answer: toAnswer(store[key]) as SecretAnswer })) };
};

/** Settings of one evaluation. */
export type Bed = {
  readonly store?: Store;
  readonly existing?: ExistingSecret;
  readonly allow?: Partial<Known['allow']>;
  readonly parts?: Omit<Parts, 'spec'>;
};

/** Evaluates a spec over a store. */
export const evaluate = (spec: Parts['spec'], { store = {}, existing, allow, parts }: Bed = {}): Evaluated => {
  const es = parseExternalSecret(manifestOf({ spec, ...parts }));
  const answers = new Map(referencesOf(es).map((each) => [referenceKey(each), answerTo(each, store)]));
  return evaluateExternalSecret(es, {
    answers,
    ...(existing === undefined ? {} : { existing }),
    conceal,
    renderTemplate,
    now: new Date('2026-01-02T03:04:05Z'),
    randomBytes: countingBytes(),
    allow: { metadata: false, targets: () => false, ...allow },
  });
};

/** The manifest of an evaluation that came to one. */
export const manifest = (spec: Parts['spec'], bed?: Bed): Manifest => {
  const evaluated = evaluate(spec, bed);
  if (evaluated.state !== 'resolved') throw new Error(`it is ${evaluated.state}`);
  return evaluated.manifest;
};

/** The data of a Secret, in the clear. */
export const data = (spec: Parts['spec'], bed?: Bed): { readonly [key: string]: string } => {
  const values = manifest(spec, bed).data as { readonly [key: string]: SecretValue };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(revealSecret(value)).toString()]),
  );
};

/** The SecretError that something throws. */
export const failure = (run: () => unknown): SecretError => {
  try {
    run();
  } catch (error) {
    if (error instanceof SecretError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};
