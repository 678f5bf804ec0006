import { join } from 'node:path';
import { provideTools } from '../../cli/setup/provide-tools.ts';
import { HttpGitHost } from '../../shared/adapters/git/http-git-host.ts';
import type { SentRequest } from '../../shared/adapters/kubernetes/api-client.ts';
import { KubeconfigClusters } from '../../shared/adapters/kubernetes/kubeconfig-clusters.ts';
import { systemClock } from '../../shared/adapters/local/clock.ts';
import { LocalCommandRunner } from '../../shared/adapters/local/command-runner.ts';
import { FolderStore } from '../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../shared/adapters/local/worker.ts';
import type { Ports } from '../../shared/ports.ts';
import { noSecrets, testConceal } from '../support/secrets/no-secrets.ts';

export type EngineSetup = {
  readonly kubeconfig: string;
  readonly folder: string;
  readonly observe: (request: SentRequest) => void;
};

/** The engine's ports as the command line opens them, with every request to the API server told. */
export async function enginePorts({ kubeconfig, folder, observe }: EngineSetup): Promise<Ports> {
  const { helm, kustomize } = await provideTools();
  const worker = localWorker();
  return {
    git: new HttpGitHost({ folder: join(folder, 'git') }),
    chartCredential: async () => undefined,
    runner: new LocalCommandRunner({ helm, kustomize: { path: kustomize.path, prefixArgs: kustomize.args } }),
    clusters: new KubeconfigClusters({ conceal: testConceal, kubeconfig, observe }),
    store: new FolderStore(join(folder, 'store'), worker),
    clock: systemClock,
    worker,
    reporter: { report: () => {} },
    secrets: noSecrets,
    scratch: folder,
  };
}
