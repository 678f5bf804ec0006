import type { Head } from '../../shared/model/head.ts';
import type { Pin, Refusal } from '../../shared/model/pin.ts';
import { formatAge } from '../duration.ts';
import type { Colours } from './colours.ts';
import { formatRevisions } from './revision.ts';

/** What held an application back until now. */
type Held = { readonly head: Pick<Head, 'application'>; readonly pin?: Pin; readonly refused: readonly Refusal[] };

/** `pinned to 20261123-145150-123-3f2a1bc until Git moves on from 9ab01cd ("a bad prompt")`; undefined without a pin. */
export function formatPinned({
  application,
  pin,
  refused,
}: Pick<Head, 'application' | 'pin' | 'refused'>): string | undefined {
  if (pin === undefined) return undefined;
  const last = refused.at(-1);
  const from = last === undefined ? '' : ` from ${formatRefused(last)}`;
  const until = pin.until === 'unpinned' ? `plumb unpin ${application}` : `Git moves on${from}`;
  return `pinned to ${pin.snapshot} until ${until}`;
}

/** Revisions that were taken back, and what the commit says: `9ab01cd ("a bad prompt")`. What was removed came from no revision. */
function formatRefused({ sources }: Refusal): string {
  if (sources.length === 0) return 'its removal';
  const subject = sources.find(({ commit }) => commit !== undefined)?.commit?.subject;
  return formatRevisions(sources) + (subject === undefined ? '' : ` ("${subject}")`);
}

const shownRefusals = 3;

/** The lines of `plumb status`: the pin, and what was refused, newest first. */
export function pinFields({ pin, refused }: Head, now: Date): readonly (readonly [string, string])[] {
  const ago = (at: string): string => `${formatAge(now.getTime() - new Date(at).getTime())} ago`;
  const newest = refused.toReversed();
  const more = newest.length - shownRefusals;
  return [
    ...(pin === undefined ? [] : [['Pin', `${pin.snapshot} ${untilOf(pin)}, ${ago(pin.at)}: ${pin.why}`] as const]),
    ...newest
      .slice(0, shownRefusals)
      .map((each) => ['Refused', `${formatRefused(each)}, ${ago(each.at)}: ${each.why}`] as const),
    ...(more > 0 ? [['Refused', `and ${more} before`] as const] : []),
  ];
}

function untilOf({ until }: Pin): string {
  return until === 'unpinned' ? 'until unpinned' : 'until Git moves on';
}

/** What programs are told of pin, refusals and the newest snapshot. */
export function pinRecord({ pin, refused, snapshots }: Head): {
  readonly pin: Pin | null;
  readonly refused: readonly object[];
  readonly snapshot: string | null;
} {
  return { pin: pin ?? null, refused: refused.map(refusalRecord), snapshot: snapshots.at(-1)?.name ?? null };
}

function refusalRecord({ renderDigest, sources, at, why }: Refusal): object {
  return { renderDigest, sources, at, why };
}

type Goes = {
  readonly colours: Colours;
  /** Who goes on with it; undefined: nobody who is known. */
  readonly installation: string | undefined;
};

/** What `plumb unpin` says: what has ended, what may come back, and who goes on. */
export function formatUnpinned({ head: { application }, pin, refused }: Held, { colours, installation }: Goes): string {
  const name = colours.bold(application);
  if (pin === undefined && refused.length === 0)
    return `${name}: it was not pinned, and nothing was refused; nothing has changed\n`;
  const ended = pin === undefined ? 'it was not pinned' : `no longer pinned to ${pin.snapshot}`;
  const accepted = refused.toReversed().map(formatRefused).join(', ');
  const mayReturn = refused.length === 0 ? '' : `; Git may bring back ${accepted}`;
  const next =
    installation === undefined
      ? 'The next plumb sync goes on with what Git says; plumb serve does so by itself.'
      : `Installation ${installation} goes on with what Git says, as the policy of the application lets it.`;
  return `${name}: ${ended}${mayReturn}\n${next}\n`;
}

/** What `plumb unpin -o json` prints. */
export function unpinnedRecord({ head: { application }, pin, refused }: Held): object {
  return { application, pin: pin ?? null, refused: refused.map(refusalRecord) };
}
