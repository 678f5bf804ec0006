import pc from 'picocolors';
import type { Action } from '../../shared/model/change.ts';
import type { HealthCode, SyncCode } from '../../shared/model/status.ts';

export type Colours = ReturnType<typeof pc.createColors>;

type Environment = { readonly [name: string]: string | undefined };

/** NO_COLOR wins over FORCE_COLOR, which wins over what the stream is. Source: no-color.org, force-color.org. */
export function wantsColour(env: Environment, isTerminal: boolean): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '') return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}

/** Functions that colour a text, or give it back as it is. */
export function coloursFor(env: Environment, isTerminal: boolean): Colours {
  return pc.createColors(wantsColour(env, isTerminal));
}

type Hue = 'green' | 'yellow' | 'red' | 'blue' | 'gray' | 'magenta';

const healthHues: Record<HealthCode, Hue> = {
  Healthy: 'green',
  Suspended: 'blue',
  Progressing: 'blue',
  Missing: 'yellow',
  Degraded: 'red',
  Unknown: 'magenta',
};

const syncHues: Record<SyncCode, Hue> = { Synced: 'green', OutOfSync: 'yellow', Unknown: 'magenta' };

const actionHues: Record<Action, Hue> = {
  created: 'green',
  configured: 'yellow',
  unchanged: 'gray',
  pruned: 'red',
  skipped: 'gray',
  failed: 'red',
};

/** A health code in its colour. */
export function paintHealth(code: HealthCode, colours: Colours): string {
  return colours[healthHues[code]](code);
}

/** A sync code in its colour. */
export function paintSync(code: SyncCode, colours: Colours): string {
  return colours[syncHues[code]](code);
}

/** An action in its colour. */
export function paintAction(action: Action, colours: Colours): string {
  return colours[actionHues[action]](action);
}
