import type { Forgotten } from '../faults/forgetful-store.ts';
import type { Place } from './place.ts';
import type { ScenarioName } from './scenarios.ts';

/** What a process that may be killed is to do. */
export type KillOrder = {
  readonly place: Place;
  readonly scenario: ScenarioName;
  /** The moment of its death, counted from 1. Absent: it lives. */
  readonly dieAt?: number;
  /** A write that its store claims to have made and has not. */
  readonly forget?: Forgotten;
};

/** What is read of it: the moment of its death, or all those that it has lived through. */
export type KillReport = { readonly died: string } | { readonly passed: readonly string[] };
