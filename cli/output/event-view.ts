import type { StateEvent, StateEventType } from '../../shared/model/state-event.ts';
import { type Colours, paintHealth } from './colours.ts';
import { shortRevision } from './revision.ts';

type Words = { readonly text: string; readonly hue: 'green' | 'yellow' | 'red' };

const words: { readonly [type in Exclude<StateEventType, 'plumbline.health'>]: Words } = {
  'plumbline.sync.succeeded': { text: 'synced', hue: 'green' },
  'plumbline.sync.failed': { text: 'sync failed', hue: 'red' },
  'plumbline.drifted': { text: 'drifted', hue: 'yellow' },
  'plumbline.repaired': { text: 'repaired', hue: 'green' },
  'plumbline.rolled-back': { text: 'rolled back', hue: 'yellow' },
  'plumbline.restored': { text: 'restored', hue: 'green' },
};

/** An event in one line: `2026-11-26T10:00:02.000Z shop: synced at 3f2a1bc (git): all objects are applied`. */
export function formatEvent(event: StateEvent, colours: Colours): string {
  const { at, application } = event;
  return `${colours.dim(at)} ${colours.bold(application)}: ${describe(event, colours)}\n`;
}

function describe(event: StateEvent, colours: Colours): string {
  const { type, revisions, message, health } = event;
  if (type === 'plumbline.health') return paintHealth(health, colours) + message.slice(health.length);
  const { text, hue } = words[type];
  const shown = [...new Set(revisions.map(shortRevision))].join(', ');
  const place = shown === '' ? '' : ` at ${shown}`;
  return `${colours[hue](text)}${place}${causeOf(event)}${message === '' ? '' : `: ${message}`}`;
}

/** Who asked for it, or why it was done; nobody asks for drift. */
function causeOf({ type, reason, origin }: StateEvent): string {
  const known = [reason, origin].filter((part) => part !== undefined);
  return type === 'plumbline.drifted' || known.length === 0 ? '' : ` (${known.join(', ')})`;
}
