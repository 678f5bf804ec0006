import type { Resolving } from './resolving.ts';

const made = new WeakMap<Resolving, Map<string, Promise<unknown>>>();

/** Asks once in a resolution, for all who want the same. */
export function oncePerRun<Value>(resolving: Resolving, name: string, make: () => Promise<Value>): Promise<Value> {
  const ofRun = made.get(resolving) ?? new Map<string, Promise<unknown>>();
  made.set(resolving, ofRun);
  const before = ofRun.get(name) as Promise<Value> | undefined;
  const asked = before ?? make();
  ofRun.set(name, asked);
  return asked;
}
