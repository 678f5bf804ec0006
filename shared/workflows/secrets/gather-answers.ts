import { attempt } from '../../apply/attempt.ts';
import { PlumbError, SecretError } from '../../errors.ts';
import { isJsonObject } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { Issued } from '../../model/secret-generator.ts';
import type { ReferenceAnswer } from '../../secrets/external/evaluation.ts';
import type { ExternalSecret } from '../../secrets/external/external-secret.ts';
import { type Reference, referenceKey, referencesOf } from '../../secrets/external/references.ts';
import { templateSource } from '../../secrets/external/template-source.ts';
import { admitGenerator, admitSecret } from './admit.ts';
import { findSecrets } from './find-secrets.ts';
import { openProvider } from './open-provider.ts';
import { asOfSnapshot } from './pinned-address.ts';
import type { Resolving } from './resolving.ts';
import { storeAccess } from './store-access.ts';

/** A reference with what it came to. */
export type Answered = { readonly reference: Reference; readonly answer: ReferenceAnswer };

/** What is to be issued, and is not asked for before it is needed. */
export type Due = { readonly reference: Reference; readonly spec: Issued; readonly issue: () => Promise<Issue> };

export type Issue = { readonly answer: ReferenceAnswer; readonly expiresAt: string };

export type Gathered = { readonly answered: readonly Answered[]; readonly due: readonly Due[] };

/** Asks for all that an ExternalSecret refers to, everything at once. What fails is an answer too, each for itself. */
export async function gatherAnswers(es: ExternalSecret, resolving: Resolving): Promise<Gathered> {
  const gathered = await Promise.all(referencesOf(es).map((reference) => gatherOne(reference, es, resolving)));
  return {
    answered: gathered.flatMap((each) => ('answer' in each ? [each] : [])),
    due: gathered.flatMap((each) => ('issue' in each ? [each] : [])),
  };
}

/** By `referenceKey`, as an evaluation wants them. */
export function toAnswers(answered: readonly Answered[]): ReadonlyMap<string, ReferenceAnswer> {
  return new Map(answered.map(({ reference, answer }) => [referenceKey(reference), answer]));
}

async function gatherOne(reference: Reference, es: ExternalSecret, resolving: Resolving): Promise<Answered | Due> {
  const gathered = await attempt(gather(reference, es, resolving));
  if (gathered.ok) return 'issue' in gathered.value ? gathered.value : { reference, answer: gathered.value };
  return { reference, answer: { state: 'failed', error: asSecretError(gathered.error) } };
}

/** What a cluster says of a read is safe to tell; what others threw is not. */
export function asSecretError(error: unknown): SecretError {
  if (error instanceof SecretError) return error;
  if (!(error instanceof PlumbError))
    return new SecretError('secret-invalid', 'it failed for a reason that is withheld, since it may quote a value', {
      hint: 'check the manifest field by field; if it is right, report this as a defect of Plumbline',
    });
  const { message, hint, retryable } = error;
  return new SecretError('secret-unreachable', message, { retryable, ...(hint === undefined ? {} : { hint }) });
}

function gather(reference: Reference, es: ExternalSecret, resolving: Resolving): Promise<ReferenceAnswer | Due> {
  switch (reference.type) {
    case 'read':
      return readOne(reference, es, resolving);
    case 'find':
      return findSecrets(reference, es.namespace, resolving);
    case 'generate':
      return generate(reference, es, resolving);
    default:
      return readSource(reference, resolving);
  }
}

type Typed<Type extends Reference['type']> = Extract<Reference, { readonly type: Type }>;

async function readOne(
  { store: ref, address }: Typed<'read'>,
  es: ExternalSecret,
  resolving: Resolving,
): Promise<ReferenceAnswer> {
  const store = await resolving.shelf.store(ref);
  await admitSecret(resolving, store, { namespace: es.namespace, key: address.key });
  const provider = await openProvider(store, es.namespace, resolving);
  return provider.read(asOfSnapshot(store, address, resolving.request));
}

async function generate(
  reference: Typed<'generate'>,
  es: ExternalSecret,
  resolving: Resolving,
): Promise<ReferenceAnswer | Due> {
  const { request, ports, shelf } = resolving;
  const { ref, spec } = await shelf.generator(reference.generator);
  admitGenerator(resolving, { ref, spec }, es.namespace);
  if (spec.type !== 'ecr-token' && spec.type !== 'github-token') return { state: 'make-once', spec };
  const owner = {
    kind: ref.namespace === '' ? 'ClusterSecretStore' : 'SecretStore',
    namespace: ref.namespace,
    name: ref.name,
  } as const;
  const access = storeAccess({ owner, namespace: es.namespace, cluster: request.cluster });
  return {
    reference,
    spec,
    issue: async () => {
      const { values, expiresAt } = await ports.secrets.stores.issue(spec, access);
      return { answer: { state: 'issued', values }, expiresAt };
    },
  };
}

/** A copy that this application brings counts before what is in the cluster, which may be older. */
async function readSource(
  { kind, namespace, name }: Typed<'template-source'>,
  { plain, request }: Resolving,
): Promise<ReferenceAnswer> {
  const isIt = (manifest: Manifest): boolean =>
    manifest.apiVersion === 'v1' &&
    manifest.kind === kind &&
    manifest.metadata.name === name &&
    (manifest.metadata.namespace || request.application.destination.namespace) === namespace;
  const address = { ref: { group: '', kind, namespace, name }, version: 'v1' };
  const source = plain.find(isIt) ?? (await request.cluster.read(address));
  if (source === undefined) return { state: 'absent' };
  const { data, stringData } = source;
  return {
    state: 'source',
    data: templateSource({
      kind,
      data: isJsonObject(data) ? data : {},
      stringData: isJsonObject(stringData) ? stringData : {},
    }),
  };
}
