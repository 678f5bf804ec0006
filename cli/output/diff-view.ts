import { formatRef, type ObjectRef } from '../../shared/model/object-ref.ts';
import type { ApplicationDiff } from '../../shared/model/sync-request.ts';
import type { Colours } from './colours.ts';
import { formatRevisions } from './revision.ts';

const hues = { '+': 'green', '-': 'red', '@': 'cyan' } as const;

/** All differences as one unified diff; it says itself which lines somebody changed by hand. */
export function formatDiff({ differences }: ApplicationDiff, colours: Colours): string {
  return differences.map(({ text }) => paintDiff(text, colours)).join('');
}

/** The lines of a unified diff in the colours that git gives them. */
function paintDiff(text: string, colours: Colours): string {
  return text
    .split('\n')
    .map((line) => {
      if (line.startsWith('+++') || line.startsWith('---') || line.startsWith('diff ')) return colours.bold(line);
      const hue = hues[line.charAt(0) as keyof typeof hues];
      return hue === undefined ? line : colours[hue](line);
    })
    .join('\n');
}

/** Each object of which nothing is claimed, as a line. */
export function formatUnknown({ unknown }: ApplicationDiff, colours: Colours): string {
  return unknown
    .map(({ ref, message, hint }) => {
      const wayOut = hint === undefined ? '' : `  ${hint}\n`;
      return `${colours.magenta('unknown:')} ${sayReason(formatRef(ref), message)}\n${wayOut}`;
    })
    .join('');
}

/** Names the object once, though the reason often names it as well. */
function sayReason(name: string, message: string): string {
  const reason = message.replace('its state is unknown: ', '');
  return reason.startsWith(name) ? reason : `${name}: ${reason}`;
}

const plannedWords = { create: 'to create', change: 'to change', prune: 'to prune' } as const;
const foundWords = { create: 'added', change: 'changed', prune: 'removed' } as const;

/** `shop: 3 differences at 3f2a1bc (1 to create, 2 to change)`, or `… from SNAPSHOT to live (1 added, 2 changed)`. */
export function formatDiffSummary(found: ApplicationDiff, colours: Colours): string {
  const { application, between, differences, unknown } = found;
  const at = placeOf(found);
  const changeWords = between === undefined ? plannedWords : foundWords;
  const name = colours.bold(application);
  const open = unknown.length === 0 ? '' : `, ${unknown.length} unknown`;
  if (differences.length === 0) return `${name}: no differences${at}${open}\n`;
  const parts = Object.entries(changeWords).flatMap(([change, words]) => {
    const count = differences.filter((difference) => difference.change === change).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return `${name}: ${differences.length} difference${differences.length === 1 ? '' : 's'}${at} (${parts.join(', ')})${open}\n`;
}

function placeOf({ between, rendered }: ApplicationDiff): string {
  const revision = ` at ${formatRevisions(rendered.sources)}`;
  if (between === undefined) return revision;
  return ` from ${between.from} to ${between.to}${between.to === 'git' ? revision : ''}`;
}

/** What `plumb diff -o json` prints; documented in docs/commands/diff.md. */
export function diffRecord({ application, between, rendered, differences, unknown, notices }: ApplicationDiff): object {
  return {
    application,
    ...between,
    sources: rendered.sources,
    renderDigest: rendered.render.digest,
    differences: differences.map(({ ref, change, text, fields }) => ({ ...flatRef(ref), change, fields, diff: text })),
    unknown: unknown.map(({ ref, message, hint }) => ({ ...flatRef(ref), message, hint })),
    notices,
  };
}

function flatRef({ group, kind, namespace, name }: ObjectRef): ObjectRef {
  return { group, kind, namespace, name };
}
