import { describe, expect, it } from '@jest/globals';
import { indexInventory } from '../../../shared/model/inventory.ts';
import { countChanges } from '../../../shared/plan/change-counts.ts';
import { plannedEntry } from '../../../shared/plan/inventory-entry.ts';
import { entryOf, manifest, targetsOf } from './samples.ts';

const targets = targetsOf([manifest('ConfigMap', 'a'), manifest('ConfigMap', 'b'), manifest('ConfigMap', 'c')]);
const [a, b, c] = targets.map((target) => target);
const gone = targetsOf([manifest('ConfigMap', 'gone')]).map((target) => entryOf(target));

describe('what a sync sets out to change', () => {
  it('is all that is new in an application that owns nothing', () =>
    expect(countChanges({ targets, inventory: new Map(), removed: [] })).toEqual({ added: 3, changed: 0, removed: 0 }));

  it('is nothing where all is as it was', () => {
    const inventory = indexInventory(targets.map((target) => entryOf(target)));
    expect(countChanges({ targets, inventory, removed: [] })).toEqual({ added: 0, changed: 0, removed: 0 });
  });

  it('counts new, other and removed objects; one that was announced and never seen is new', () => {
    if (a === undefined || b === undefined || c === undefined) throw new Error('there are three targets');
    const inventory = indexInventory([entryOf(a), entryOf(b, { desiredHash: 'other' }), plannedEntry(c), ...gone]);
    expect(countChanges({ targets, inventory, removed: gone })).toEqual({ added: 1, changed: 1, removed: 1 });
  });
});
