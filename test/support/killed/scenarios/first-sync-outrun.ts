import type { Scenario } from '../scenario.ts';
import { firstSync } from './first-sync.ts';

/** A first sync; before it is run again, Git drops some of the objects that it was about to make. */
export const firstSyncOutrun: Scenario = {
  ...firstSync,
  title: 'first sync that Git outruns',
  hasManyHistories: true,
  meanwhile: async (_place, push) => {
    await push({ remove: ['app/early.yaml', 'app/widget.yaml', 'app/two.yaml'] });
  },
};
