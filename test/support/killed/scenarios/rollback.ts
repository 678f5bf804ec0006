import { defaultProject } from '../../../../shared/model/project.ts';
import { rollbackApplication } from '../../../../shared/workflows/rollback/rollback.ts';
import { configMap } from '../../manifests.ts';
import { headOf } from '../head-of.ts';
import { applicationAt } from '../place.ts';
import type { Scenario } from '../scenario.ts';
import { syncPlace } from '../sync-place.ts';
import { updateWithPrune } from './update-with-prune.ts';

/**
 * Back from a commit that changed, added and dropped objects in several waves, with no snapshot named: one that went on to an
 * older snapshot after its death would be seen.
 */
export const rollback: Scenario = {
  title: 'rollback',
  prepare: async (place, ports, push) => {
    await push({ files: { 'app/older.yaml': configMap(`${place.token}-older`) } });
    await syncPlace(place, ports);
    await updateWithPrune.prepare(place, ports, push);
    await syncPlace(place, ports);
  },
  run: async (place, ports) => {
    await rollbackApplication({ application: applicationAt(place), project: defaultProject }, ports);
  },
  again: async (place, ports) => {
    const { pin, deployed } = (await headOf(place, ports)) ?? {};
    // Nobody asks for it again once it has arrived: that would be one more.
    const isThere = pin !== undefined && pin.renderDigest === deployed?.renderDigest;
    await (isThere ? syncPlace : rollback.run)(place, ports);
  },
};
