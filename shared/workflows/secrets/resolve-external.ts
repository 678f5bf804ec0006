import type { LiveObject, Manifest } from '../../model/manifest.ts';
import { keyOf, refOf } from '../../model/object-ref.ts';
import type { SecretRecord } from '../../model/secret-record.ts';
import type { Conceal } from '../../model/secret-value.ts';
import { allowsMetadata, allowsTarget } from '../../plan/secrets/grants.ts';
import { targetOf } from '../../plan/secrets/secret-kinds.ts';
import { evaluateExternalSecret } from '../../secrets/external/evaluate.ts';
import type { Answers, Evaluated, ExistingSecret } from '../../secrets/external/evaluation.ts';
import type { ExternalSecret } from '../../secrets/external/external-secret.ts';
import { parseExternalSecret } from '../../secrets/external/parse-external-secret.ts';
import { inputsOf, refreshDecision } from '../../secrets/external/refresh.ts';
import { isRepeatable } from '../../secrets/external/repeatability.ts';
import { renderTemplate } from '../../secrets/template/render-template.ts';
import { existingSecret } from './existing-secret.ts';
import { asSecretError, type Gathered, gatherAnswers, toAnswers } from './gather-answers.ts';
import { issueAll } from './issue-all.ts';
import { keptManifest, type MadeBefore, madeBefore, readTarget, shortMark, withNote } from './keep-secret.ts';
import { withKeysOnly } from './keys-only.ts';
import { isForOthers } from './other-controller.ts';
import { placeTarget } from './place-target.ts';
import { answersText, readsOf } from './reads-of.ts';
import type { Resolution, Resolved, SecretsRequest } from './resolution.ts';
import type { Resolving } from './resolving.ts';

/**
 * The Secret of an ExternalSecret, all of it or nothing; what stands against it is a value, so that others go on.
 * Undefined: another controller keeps it.
 */
async function resolveExternal(manifest: Manifest, resolving: Resolving): Promise<Resolved | undefined> {
  const { target, shell, objection } = await placeTarget(manifest, resolving.request);
  const record: SecretRecord = { declaredBy: refOf(manifest), target, reads: [] };
  try {
    const es = parseExternalSecret(manifest);
    if (await isForOthers(es, resolving)) return undefined;
    if (objection !== undefined) throw objection;
    return { ...(await resolveParsed({ shell, es, record, resolving })), ...sharingOf(es) };
  } catch (error) {
    return unresolved(record, shell, error);
  }
}

/** What came of several, and those that another controller keeps, with the Secrets that it makes of them. */
export type ResolvedOrPassed = { readonly resolved: readonly Resolved[]; readonly others: Resolution['passed'] };

/** Several at once. */
export async function resolveOrPass(manifests: readonly Manifest[], resolving: Resolving): Promise<ResolvedOrPassed> {
  const all = await Promise.all(manifests.map(async (by) => ({ by, resolved: await resolveExternal(by, resolving) })));
  return {
    resolved: all.flatMap(({ resolved }) => resolved ?? []),
    others: all.flatMap(({ by, resolved }) => (resolved === undefined ? [{ target: targetOf(by), by }] : [])),
  };
}

/** What its creationPolicy says of others who have a part in the Secret, and of its end. */
function sharingOf({ target: { creationPolicy } }: ExternalSecret): Pick<Resolved, 'merges' | 'stays'> {
  const merges = creationPolicy === 'Merge' || creationPolicy === 'CreateOrMerge';
  return { ...(merges ? { merges } : {}), ...(merges || creationPolicy === 'Orphan' ? { stays: true } : {}) };
}

/** What stands against a manifest that could not be resolved. */
export function unresolved(record: SecretRecord, shell: Manifest, error: unknown): Resolved {
  const { message, hint, retryable } = asSecretError(error);
  const problem = { message, ...(hint === undefined ? {} : { hint }) };
  return { record: { ...record, problem }, manifest: shell, unresolved: { ...problem, retryable } };
}

type Job = {
  /** The object that is to be made, without content. */
  readonly shell: Manifest;
  readonly es: ExternalSecret;
  readonly record: SecretRecord;
  readonly resolving: Resolving;
};

async function resolveParsed(job: Job): Promise<Resolved> {
  const { shell, es, record, resolving } = job;
  const { request, ports, now } = resolving;
  const { conceal } = ports.secrets;
  const isFree = isRepeatable(es) && es.target.creationPolicy !== 'Merge' && request.namesOnly !== true;
  const live = isFree
    ? undefined
    : await readTarget(record.target, es.target.manifest?.apiVersion ?? 'v1', request.cluster);
  if (request.namesOnly === true)
    return { record, manifest: withKeysOnly(es, live, { target: record.target, conceal }) };
  const before = rememberedOf(es, live, conceal);
  const inputs = shortMark(inputsOf(es), conceal);
  const last =
    before === undefined ? {} : { last: { inputsMark: before.note.inputs, refreshedAt: new Date(0).toISOString() } };
  const decision = refreshDecision(es, { inputsMark: inputs, ...last, now });
  if (before?.isIntact === true && decision === 'keep')
    return kept({ ...record, reads: readsBefore(record, request), ...refreshOf(es) }, es, before);
  const gathered = await gatherAnswers(es, resolving);
  const reads = await readsOf(gathered.answered, resolving.shelf);
  const answers = shortMark(answersText(gathered.answered, conceal), conceal);
  const read = { ...record, reads, ...refreshOf(es) };
  if (isStillGood(before, { inputs, answers, now })) return kept({ ...read, ...untilOf(before.note) }, es, before);
  try {
    return await evaluate({ ...job, record: read }, { gathered, live, inputs, answers });
  } catch (error) {
    // What was asked for stays on record: when it changes, it is worth another look.
    return unresolved(read, shell, error);
  }
}

/** Of an object of another kind nobody can tell by its note whether it was changed: it stays until what it is made of changes. */
function rememberedOf(es: ExternalSecret, live: LiveObject | undefined, conceal: Conceal): MadeBefore | undefined {
  const before = madeBefore(live, conceal);
  return before === undefined || es.target.manifest === undefined ? before : { ...before, isIntact: true };
}

function kept(record: SecretRecord, es: ExternalSecret, before: MadeBefore): Resolved {
  if (es.target.manifest !== undefined) return { record, leftAlone: true };
  return { record, manifest: keptManifest(before) };
}

/** What is kept unread was made of what was read then: that stays on record, for events and for snapshots. */
function readsBefore({ declaredBy, target }: SecretRecord, { recorded = [] }: SecretsRequest): SecretRecord['reads'] {
  const isSame = (each: SecretRecord): boolean =>
    keyOf(each.declaredBy) === keyOf(declaredBy) && keyOf(each.target) === keyOf(target);
  return recorded.find(isSame)?.reads ?? [];
}

function untilOf({ until }: { readonly until?: string | undefined }): Pick<SecretRecord, 'until'> {
  return until === undefined ? {} : { until };
}

type Marks = { readonly inputs: string; readonly answers: string };

/** What is made once, or issued for a time, stays while nothing that it was made of has changed. */
function isStillGood(
  before: MadeBefore | undefined,
  { inputs, answers, now }: Marks & { readonly now: Date },
): before is MadeBefore {
  if (before === undefined || !before.isIntact) return false;
  const { note } = before;
  if (note.inputs !== inputs || note.answers !== answers) return false;
  return note.until === undefined || new Date(note.until) > now;
}

type Found = Marks & { readonly gathered: Gathered; readonly live: LiveObject | undefined };

async function evaluate({ es, record, resolving }: Job, found: Found): Promise<Resolved> {
  const { gathered, live, inputs, answers } = found;
  const { ports, now } = resolving;
  const { issued, until } = await issueAll(gathered, now);
  const all = toAnswers([...gathered.answered, ...issued]);
  const evaluated = evaluateExternalSecret(es, knownFor(es, { answers: all, live }, resolving));
  const notices = noticesOf(record, evaluated);
  if (evaluated.state === 'delete') return { record, notices };
  if (evaluated.state === 'left-alone') return { record, leftAlone: true, notices };
  const ends = untilOf({ until });
  const note = { inputs, answers, ...ends };
  const { manifest } = evaluated;
  return {
    record: { ...record, ...ends },
    manifest: isRepeatable(es) ? manifest : withNote(manifest, note, ports.secrets.conceal),
    notices,
  };
}

type Knowledge = { readonly answers: Answers; readonly live: LiveObject | undefined };

function knownFor(
  es: ExternalSecret,
  { answers, live }: Knowledge,
  { request, config, ports, brought, now }: Resolving,
): Parameters<typeof evaluateExternalSecret>[1] {
  const { conceal, randomBytes } = ports.secrets;
  const asker = { project: request.project.name, namespace: es.namespace };
  return {
    answers,
    ...existingFor(es, live, brought),
    conceal,
    renderTemplate,
    now,
    randomBytes,
    allow: {
      metadata: allowsMetadata(config, asker),
      targets: (kind) => allowsTarget(config, asker, kind),
    },
  };
}

/** What is merged with: what is there or, before that, what comes with the same sync. */
function existingFor(
  { namespace, target: { name } }: ExternalSecret,
  live: LiveObject | undefined,
  brought: ReadonlySet<string>,
): { readonly existing?: ExistingSecret } {
  if (live !== undefined) return { existing: existingSecret(live) };
  const isBrought = brought.has(keyOf({ group: '', kind: 'Secret', namespace, name }));
  return isBrought ? { existing: { data: new Map(), annotations: {} } } : {};
}

function noticesOf({ declaredBy }: SecretRecord, evaluated: Evaluated): readonly string[] {
  const name = `ExternalSecret ${declaredBy.namespace}/${declaredBy.name}`;
  const notices = evaluated.state === 'resolved' ? evaluated.notices : [];
  return [...evaluated.missing, ...notices].map((text) => `${name}: ${text}`);
}

function refreshOf({ refreshPolicy, refreshIntervalMs }: ExternalSecret): Pick<SecretRecord, 'refreshMs'> {
  return refreshPolicy === 'Periodic' && refreshIntervalMs > 0 ? { refreshMs: refreshIntervalMs } : {};
}
