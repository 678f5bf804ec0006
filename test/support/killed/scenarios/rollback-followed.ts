import { headOf } from '../head-of.ts';
import type { Scenario } from '../scenario.ts';
import { syncPlace } from '../sync-place.ts';
import { rollback } from './rollback.ts';

/** A rollback that nobody asks for a second time once it is pinned: what comes next is one of the usual syncs. */
export const rollbackFollowed: Scenario = {
  ...rollback,
  title: 'rollback that a sync goes on with',
  hasManyHistories: true,
  again: async (place, ports) => {
    const isPinned = (await headOf(place, ports))?.pin !== undefined;
    await (isPinned ? syncPlace : rollback.run)(place, ports);
  },
};
