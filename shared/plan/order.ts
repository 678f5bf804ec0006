import { keyOf, type ObjectRef } from '../model/object-ref.ts';
import { kindRank } from './kind-order.ts';

/** What the order of applying looks at. */
export type Ordered = { readonly ref: ObjectRef; readonly wave: number };

/** Wave, kind, name, then the rest of the identity: a total order, the same on every machine. Source: Argo CD's sync_tasks.go. */
export function compareObjects(a: Ordered, b: Ordered): number {
  return (
    a.wave - b.wave ||
    kindRank(a.ref.kind) - kindRank(b.ref.kind) ||
    compareText(a.ref.name, b.ref.name) ||
    compareText(keyOf(a.ref), keyOf(b.ref))
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
