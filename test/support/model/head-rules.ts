import type { Head } from '../../../shared/model/head.ts';
import type { WriteCondition } from '../../../shared/ports.ts';
import type { Errand } from './errand.ts';

/** One head written over another, and what is known of it from outside. */
export type Move = {
  readonly errand: Errand;
  readonly condition: WriteCondition | undefined;
  readonly before: { readonly head: Head; readonly etag: string } | undefined;
  readonly after: Head;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** When what the head before says of what is deployed, under way or in Git's way was written, in ticks. */
  readonly movedAt: number;
  /** The renders of a commit, under every way in which the application was declared. */
  readonly rendersOf: (sha: string) => readonly string[];
  readonly hasEnded: (worker: string) => boolean;
  /** Operations that have ended, or that another took the place of. */
  readonly closed: ReadonlySet<string>;
};

/** What is wrong with a move, as a person would say it; undefined: nothing. */
type Rule = (move: Move) => string | undefined;

const isWrittenOverWhatWasRead: Rule = ({ condition, before }) => {
  const named = condition === 'absent' ? undefined : condition?.etag;
  return condition !== undefined && named === before?.etag
    ? undefined
    : 'a head was written over one that was not read';
};

const keepsSnapshotsInOrder: Rule = ({ before, after }) => {
  const known = new Set(before?.head.snapshots.map(({ name }) => name));
  const newest = before?.head.snapshots.at(-1)?.name ?? '';
  const names = after.snapshots.map(({ name }) => name);
  const isRising = names.every((name, index) => index === 0 || name > (names[index - 1] ?? ''));
  const added = names.filter((name) => !known.has(name));
  if (!isRising || added.some((name) => name <= newest)) return `the snapshots are not in order: ${names.join(', ')}`;
  if (added.length > 1) return `one head notes ${added.length} new snapshots`;
  return (names.at(-1) ?? '') < newest ? 'the newest snapshot was forgotten' : undefined;
};

const neverRunsAgain: Rule = ({ after, closed }) => {
  const { operation } = after;
  return operation?.phase === 'Running' && closed.has(operation.id)
    ? 'an operation that had ended, or was given up, runs again'
    : undefined;
};

/** Objects of ours that nobody knew of are put on record, and nothing else. */
function isAnnouncement({ before, after }: Move): boolean {
  const known = new Set(before?.head.inventory.map((entry) => JSON.stringify(entry)));
  const added = after.inventory.filter((entry) => !known.has(JSON.stringify(entry)));
  const isKept = after.inventory.length - added.length === known.size && added.every(({ seen }) => seen === undefined);
  return isKept && JSON.stringify({ ...after, inventory: before?.head.inventory }) === JSON.stringify(before?.head);
}

/** Only who takes the application back may move the head under a live worker; then that one loses it, as it should. */
const respectsLease: Rule = (move) => {
  const { errand, before, now, hasEnded } = move;
  const { operation } = before?.head ?? {};
  const { lease } = operation ?? {};
  if (operation?.phase !== 'Running' || lease === undefined || lease.holder === errand.worker) return undefined;
  const isHeld = Date.parse(lease.until) > now && !hasEnded(lease.holder);
  const mayMove = errand.kind === 'rollback' || errand.kind === 'unpin' || isAnnouncement(move);
  return isHeld && !mayMove ? `the head was moved while ${lease.holder} had it on lease` : undefined;
};

const keepsPin: Rule = (move) => {
  const { errand, before, after } = move;
  const pin = before?.head.pin;
  if (pin === undefined || JSON.stringify(pin) === JSON.stringify(after.pin) || errand.kind === 'unpin')
    return undefined;
  if (after.pin !== undefined)
    return after.pin.why.startsWith('automatic') ? 'a pin by hand was replaced by itself' : undefined;
  const hasMovedOn = pin.until === 'git-moves' && allowedByGit(move).length > 0;
  return hasMovedOn ? undefined : 'a pin ended without a newer render in Git';
};

const keepsRefusals: Rule = ({ errand, before, after }) => {
  const kept = new Set(after.refused.map(({ renderDigest }) => renderDigest));
  const lost = before?.head.refused.filter(({ renderDigest }) => !kept.has(renderDigest)) ?? [];
  const isTakenBack = lost.every(({ renderDigest }) => renderDigest === after.pin?.renderDigest);
  return errand.kind === 'unpin' || isTakenBack ? undefined : 'what was refused is not refused any more';
};

/** The renders that Git wanted when this errand asked it, provided that it asked after the head before had come to be so. */
function allowedByGit({ errand, before, movedAt, rendersOf }: Move): readonly string[] {
  const { gitLook, revision } = errand;
  if (revision !== undefined) return before?.head.pin === undefined ? rendersOf(revision) : [];
  if (gitLook === undefined || gitLook.at < movedAt) return [];
  const refused = new Set(before?.head.refused.map(({ renderDigest }) => renderDigest));
  return rendersOf(gitLook.sha).filter((digest) => !refused.has(digest));
}

/** True when an operation is begun or taken up again, or something else counts as deployed without one. */
function isDecision({ errand, before, after }: Move): boolean {
  const { operation, deployed } = after;
  const isLeft = JSON.stringify(operation) === JSON.stringify(before?.head.operation);
  if (!isLeft && operation?.phase === 'Running' && operation.lease?.holder === errand.worker)
    return errand.saved?.operation?.id !== operation.id;
  return (
    deployed !== undefined &&
    deployed.renderDigest !== before?.head.deployed?.renderDigest &&
    operation?.renderDigest !== deployed.renderDigest
  );
}

/** What is begun is what is pinned, or deployed, or what Git wanted after all that was saved before. */
const beginsWhatIsWanted: Rule = (move) => {
  const { before, after } = move;
  if (!isDecision(move)) return undefined;
  const { pin, deployed } = before?.head ?? {};
  const digest = after.operation?.phase === 'Running' ? after.operation.renderDigest : after.deployed?.renderDigest;
  const fromGit = pin?.until === 'unpinned' ? [] : allowedByGit(move);
  const standing = pin === undefined ? deployed?.renderDigest : pin.renderDigest;
  if (digest === standing || fromGit.includes(digest ?? '')) return undefined;
  return `render ${digest?.slice(0, 8)} was begun, which is neither ${pin === undefined ? 'deployed' : 'pinned'} nor what Git wanted last`;
};

const writesAheadOfItself: Rule = ({ before, after }) => {
  const { deployed, operation } = after;
  const isNew = deployed?.renderDigest !== before?.head.deployed?.renderDigest;
  return isNew && operation?.phase === 'Running' && operation.renderDigest !== deployed?.renderDigest
    ? 'what is deployed changed while something else was on its way'
    : undefined;
};

/** All that has to hold whenever a head is written. */
export const headRules: readonly Rule[] = [
  isWrittenOverWhatWasRead,
  keepsSnapshotsInOrder,
  neverRunsAgain,
  respectsLease,
  keepsPin,
  keepsRefusals,
  beginsWhatIsWanted,
  writesAheadOfItself,
];
