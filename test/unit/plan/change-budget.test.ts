import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ChangeBudget, exceedsBudget } from '../../../shared/plan/change-budget.ts';

const budget: ChangeBudget = {
  application: 'shop',
  owned: 10,
  toPrune: 0,
  isEmpty: false,
  allowEmpty: false,
  approved: false,
};

describe('the change budget', () => {
  it.each<[Partial<ChangeBudget>, boolean]>([
    [{ toPrune: 0 }, true],
    [{ toPrune: 5 }, true],
    [{ toPrune: 6 }, false],
    [{ toPrune: 6, approved: true }, true],
    [{ toPrune: 6, allowEmpty: true }, false],
    [{ owned: 2, toPrune: 1 }, true],
    [{ owned: 2, toPrune: 2 }, false],
    [{ owned: 3, toPrune: 2 }, false],
    [{ owned: 4, toPrune: 2 }, true],
    [{ owned: 4, toPrune: 3 }, false],
    [{ owned: 4, toPrune: 4 }, false],
    [{ owned: 1, toPrune: 1 }, true],
    [{ owned: 1, toPrune: 1, isEmpty: true }, false],
    [{ toPrune: 10, isEmpty: true }, false],
    [{ toPrune: 10, isEmpty: true, allowEmpty: true }, true],
    [{ toPrune: 10, isEmpty: true, approved: true }, true],
    [{ owned: 0, isEmpty: true }, true],
  ])('%j is within it: %s', (given, isWithin) => {
    expect(exceedsBudget({ ...budget, ...given }) === undefined).toBe(isWithin);
  });

  it('says how many, and the way out', () => {
    expect(exceedsBudget({ ...budget, toPrune: 7 })).toBe(
      '7 of 10 owned objects would be deleted, more than half; if it is meant: plumb sync shop --prune --approve-prune',
    );
    expect(exceedsBudget({ ...budget, toPrune: 10, isEmpty: true })).toMatch(/no object at all.*allowEmpty/);
  });

  it('never allows more where it refuses less', () => {
    const given = fc.record({
      owned: fc.nat(50),
      toPrune: fc.nat(50),
      isEmpty: fc.boolean(),
      allowEmpty: fc.boolean(),
    });
    fc.assert(
      fc.property(given, fc.nat(20), (less, more) => {
        if (exceedsBudget({ ...budget, ...less }) === undefined) return;
        expect(exceedsBudget({ ...budget, ...less, toPrune: less.toPrune + more })).toBeDefined();
      }),
    );
  });
});
