import { join } from 'node:path';
import { HttpGitHost } from '../../../shared/adapters/git/http-git-host.ts';
import { KubeconfigClusters } from '../../../shared/adapters/kubernetes/kubeconfig-clusters.ts';
import { systemClock } from '../../../shared/adapters/local/clock.ts';
import { type CommandPrograms, LocalCommandRunner } from '../../../shared/adapters/local/command-runner.ts';
import { FolderStore } from '../../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../../shared/adapters/local/worker.ts';
import type { Application } from '../../../shared/model/application.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import type { Ports } from '../../../shared/ports.ts';
import { parseApplication } from '../../../shared/registry/parse-application.ts';
import { noSecrets, testConceal } from '../secrets/no-secrets.ts';

/** Where one run and its repetition take place, apart from all others; as it is sent to the process that is to be killed. */
export type Place = {
  /** In the name of the application, of its branch and of all its objects. */
  readonly token: string;
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly repoURL: string;
  /** Holds the store, what is kept of Git, and scratch files. */
  readonly folder: string;
  readonly programs: CommandPrograms;
};

export type OpenPorts = { readonly ports: Ports; close(): Promise<void> };

/** The engine's ports on a place, for this process. */
export function openPorts({ folder, kubeconfig, programs }: Place): OpenPorts {
  const worker = localWorker();
  const git = new HttpGitHost({ folder: join(folder, 'git'), retryDelayMs: 10 });
  const clusters = new KubeconfigClusters({ conceal: testConceal, kubeconfig });
  return {
    ports: {
      git,
      chartCredential: async () => undefined,
      runner: new LocalCommandRunner(programs),
      clusters,
      store: new FolderStore(storeFolder(folder), worker),
      clock: systemClock,
      worker,
      reporter: { report: () => {} },
      secrets: noSecrets,
      scratch: folder,
    },
    close: async () => {
      await Promise.all([git.close(), clusters.close()]);
    },
  };
}

/** Where a place has its store. */
export function storeFolder(folder: string): string {
  return join(folder, 'store');
}

/** An application of a place: the folder of its name in the place's branch. */
export function applicationAt({ token, namespace, repoURL }: Place, folder = 'app'): Application {
  const manifest = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: `${folder}-${token}` },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace },
      source: { repoURL, path: folder, targetRevision: token },
      syncPolicy: {
        automated: { prune: true },
        // Nothing waits for the garbage collector.
        syncOptions: ['CreateNamespace=true', 'PrunePropagationPolicy=background'],
      },
    },
  } as unknown as Manifest;
  return parseApplication(manifest, 'the test').application;
}
