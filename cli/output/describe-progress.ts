import { formatRef } from '../../shared/model/object-ref.ts';
import type { Progress } from '../../shared/ports.ts';
import type { Colours } from './colours.ts';
import { formatResult } from './object-line.ts';

const stepWords = {
  fetch: 'reading',
  render: 'rendering',
  observe: 'comparing',
  apply: 'applying',
  settle: 'waiting for',
} as const;

const shownWaits = 3;

/** Progress as one line without the application's name. */
export function describeProgress(progress: Progress, colours: Colours): string {
  if (progress.type === 'step') return `${stepWords[progress.step]} ${progress.detail}`.trimEnd();
  if (progress.type === 'wave') return describeWave(progress);
  if (progress.type === 'object') return formatResult(progress.result, colours);
  if (progress.type === 'waiting') return `waiting for ${describeWaits(progress).join('; ')}`;
  return describeNotice(progress, colours);
}

/** What is waited for, an object an entry, the last one saying how many more there are. */
export function describeWaits({ objects }: Extract<Progress, { type: 'waiting' }>): readonly string[] {
  const shown = objects
    .slice(0, shownWaits)
    .map(({ ref, code, message }) => `${formatRef(ref)}: ${message === '' ? code : message}`);
  return objects.length > shownWaits ? [...shown, `${objects.length - shownWaits} more`] : shown;
}

function describeWave({ index, count, wave, objects }: Extract<Progress, { type: 'wave' }>): string {
  const number = wave === 0 && count === 1 ? '' : ` (sync-wave ${wave})`;
  return `wave ${index + 1} of ${count}${number}: ${objects} object${objects === 1 ? '' : 's'}`;
}

function describeNotice({ level, message }: Extract<Progress, { type: 'notice' }>, colours: Colours): string {
  if (level === 'info') return message;
  return `${level === 'error' ? colours.red('error:') : colours.yellow('warning:')} ${message}`;
}
