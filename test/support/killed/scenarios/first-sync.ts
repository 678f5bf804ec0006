import { configMap, customResource, customResourceDefinition, wave } from '../../manifests.ts';
import type { Scenario } from '../scenario.ts';
import { syncPlace } from '../sync-place.ts';

/** An application that nobody has synced before: a namespace, a CRD, an object of its kind, and three waves. */
export const firstSync: Scenario = {
  title: 'first sync with CRDs and waves',
  makesNamespace: true,
  prepare: async ({ token }, _ports, push) => {
    const group = `${token}.example.com`;
    await push({
      files: {
        'app/early.yaml': configMap(`${token}-early`, { when: 'first' }, wave(-1)),
        'app/definition.yaml': customResourceDefinition('Widget', group),
        'app/widget.yaml': customResource('Widget', group, `${token}-widget`),
        'app/one.yaml': configMap(`${token}-one`),
        'app/two.yaml': configMap(`${token}-two`),
        'app/account.yaml': serviceAccount(`${token}-account`),
        'app/late.yaml': configMap(`${token}-late`, { when: 'last' }, wave(1)),
      },
    });
  },
  run: syncPlace,
};

function serviceAccount(name: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
}
