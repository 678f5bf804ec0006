import type { StringMap } from './manifest.ts';

/** A selector as Kubernetes has it: all of matchLabels and all of matchExpressions. */
export type LabelSelector = {
  readonly matchLabels: { readonly [key: string]: string };
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values: readonly string[];
  }[];
};

/** True when labels are as a selector wants; an empty selector wants nothing. Source: metav1.LabelSelector. */
export function matchesSelector({ matchLabels, matchExpressions }: LabelSelector, labels: StringMap): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => matchesExpression(expression, labels))
  );
}

function matchesExpression(
  { key, operator, values }: LabelSelector['matchExpressions'][number],
  labels: StringMap,
): boolean {
  const value = labels[key];
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    default:
      return value === undefined || !values.includes(value);
  }
}
