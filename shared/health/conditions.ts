import type { Json } from '../model/json.ts';
import type { LiveObject } from '../model/manifest.ts';
import { numberAt, objectsAt, textAt } from './read-field.ts';

/** One entry of `status.conditions`. `observedGeneration` is 0 where the controller does not write it. */
export type Condition = {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
};

/** The conditions of an object, as its controller wrote them. */
export function conditionsOf(live: LiveObject): readonly Condition[] {
  return objectsAt(live, 'status', 'conditions').map(toCondition);
}

/** The conditions in a list of another place. */
export function toCondition(value: Json): Condition {
  return {
    type: textAt(value, 'type'),
    status: textAt(value, 'status'),
    reason: textAt(value, 'reason'),
    message: textAt(value, 'message'),
    observedGeneration: numberAt(value, 'observedGeneration'),
  };
}

/** The condition of a type, or undefined. */
export function findCondition(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

/** True when the condition is there and holds. */
export function isTrue(conditions: readonly Condition[], type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/** Why a condition is as it is: `reason: message`, or the half that there is. */
export function explain({ reason, message }: Condition): string {
  return [reason, message].filter((part) => part !== '').join(': ');
}
