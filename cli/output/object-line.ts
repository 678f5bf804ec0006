import type { ObjectResult } from '../../shared/model/change.ts';
import type { ObjectRef } from '../../shared/model/object-ref.ts';
import { type Colours, paintAction } from './colours.ts';

/** An object as kubectl names it: `configmap/prompts`, `deployment.apps/web`. */
export function formatResource({ group, kind, name }: ObjectRef): string {
  const type = group === '' ? kind : `${kind}.${group}`;
  return `${type.toLowerCase()}/${name}`;
}

/** What happened to one object, as kubectl says it, and why where there is a reason. */
export function formatResult({ ref, action, message, hint }: ObjectResult, colours: Colours): string {
  const reason = message === '' ? '' : `: ${message}`;
  const wayOut = hint === undefined ? '' : `\n  ${hint}`;
  return `${formatResource(ref)} ${paintAction(action, colours)}${reason}${wayOut}`;
}
