import { join } from 'node:path';
import type { Binaries } from './provision.ts';

/** How one program beside the API server is started. */
export type Component = { readonly name: string; readonly program: string; readonly args: readonly string[] };

/** The controllers, with the flags that let several control planes live on one machine. */
export function controllers(binaries: Binaries, kubeconfig: string): readonly Component[] {
  const shared = [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', '--kube-api-qps=200'];
  return [
    {
      name: 'kube-controller-manager',
      program: binaries['kube-controller-manager'],
      args: [...shared, '--kube-api-burst=400', '--use-service-account-credentials=false'],
    },
    {
      name: 'kube-scheduler',
      program: binaries['kube-scheduler'],
      args: [...shared, '--kube-api-burst=400'],
    },
    {
      name: 'kwok',
      program: binaries.kwok,
      args: [
        `--kubeconfig=${kubeconfig}`,
        '--manage-all-nodes',
        // Without leases the controller manager takes the nodes for dead after 40 s.
        '--node-lease-duration-seconds=40',
        `--config=${join(import.meta.dirname, 'kwok-stages.yaml')}`,
      ],
    },
  ];
}

/** Two nodes in two zones, run by kwok; their capacity is practically endless. */
export const nodes: readonly object[] = ['a', 'b'].map((zone) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: `node-${zone}`,
    labels: {
      'kubernetes.io/hostname': `node-${zone}`,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'topology.kubernetes.io/zone': `zone-${zone}`,
    },
  },
}));
