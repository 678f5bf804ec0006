import { configMap, wave } from '../../manifests.ts';
import type { Scenario } from '../scenario.ts';
import { updateWithPrune } from './update-with-prune.ts';

/** An update; before it is run again, Git takes back some of what it added and dropped, and changes one object more. */
export const updateOutrun: Scenario = {
  ...updateWithPrune,
  title: 'update that Git outruns',
  hasManyHistories: true,
  meanwhile: async ({ token }, push) => {
    await push({
      files: {
        'app/gone.yaml': configMap(`${token}-gone`),
        'app/gone-late.yaml': configMap(`${token}-gone-late`, { back: 'yes' }, wave(1)),
        'app/late.yaml': configMap(`${token}-late`, { version: '3' }, wave(1)),
      },
      remove: ['app/added.yaml'],
    });
  },
};
