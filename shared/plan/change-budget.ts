export type ChangeBudget = {
  readonly application: string;
  /** Objects in the inventory, and declared children. */
  readonly owned: number;
  /** Of them, those that would be deleted. */
  readonly toPrune: number;
  /** True when the render wants no object at all. */
  readonly isEmpty: boolean;
  /** `syncPolicy.automated.allowEmpty`. */
  readonly allowEmpty: boolean;
  /** True: a person agreed. */
  readonly approved: boolean;
};

/** So many may always go when something stays: an object that was renamed is one that goes and one that comes. */
const freePrunes = 1;

/**
 * Why so much may not be deleted without approval, or undefined.
 * Over budget is what is left by an empty render, unless `allowEmpty`, and more than half of the owned objects once that is more than one.
 */
export function exceedsBudget(budget: ChangeBudget): string | undefined {
  const { application, owned, toPrune, isEmpty, allowEmpty, approved } = budget;
  if (toPrune === 0 || approved || (isEmpty && allowEmpty)) return undefined;
  const wayOut = `if it is meant: plumb sync ${application} --prune --approve-prune`;
  if (isEmpty) {
    const all = owned === 1 ? 'the only owned object' : `all ${owned} owned objects`;
    return `the sources render to no object at all, so ${all} would be deleted; ${wayOut}, or set syncPolicy.automated.allowEmpty`;
  }
  if (toPrune <= freePrunes || toPrune * 2 <= owned) return undefined;
  return `${toPrune} of ${owned} owned objects would be deleted, more than half; ${wayOut}`;
}
