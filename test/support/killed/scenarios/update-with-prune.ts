import { configMap, wave } from '../../manifests.ts';
import type { Scenario } from '../scenario.ts';
import { syncPlace } from '../sync-place.ts';

/** A commit that changes, adds and drops objects in several waves. */
export const updateWithPrune: Scenario = {
  title: 'update with prune',
  prepare: async (place, ports, push) => {
    const { token } = place;
    await push({
      files: {
        'app/early.yaml': configMap(`${token}-early`, {}, wave(-1)),
        'app/gone-early.yaml': configMap(`${token}-gone-early`, {}, wave(-1)),
        'app/same.yaml': configMap(`${token}-same`),
        'app/changed.yaml': configMap(`${token}-changed`, { version: '1' }),
        'app/gone.yaml': configMap(`${token}-gone`),
        'app/late.yaml': configMap(`${token}-late`, { version: '1' }, wave(1)),
        'app/gone-late.yaml': configMap(`${token}-gone-late`, {}, wave(1)),
      },
    });
    await syncPlace(place, ports);
    await push({
      files: {
        'app/changed.yaml': configMap(`${token}-changed`, { version: '2' }),
        'app/added.yaml': configMap(`${token}-added`),
        'app/late.yaml': configMap(`${token}-late`, { version: '2' }, wave(1)),
      },
      remove: ['app/gone-early.yaml', 'app/gone.yaml', 'app/gone-late.yaml'],
    });
  },
  run: syncPlace,
};
