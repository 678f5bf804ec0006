import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';

const plumbPath = join(import.meta.dirname, '../../cli/plumb.mjs');
const execute = promisify(execFile);

export type SubjectOptions = {
  readonly store: string;
  readonly kubeconfig: string;
  readonly application: string;
  /** Pushes a commit that changes `v`. */
  readonly push?: string;
};

/** What `plumb status -o json` says, as far as scenarios look at it. */
export type Status = {
  readonly sync: { readonly code: string };
  readonly health: { readonly code: string };
  readonly deployed?: { readonly sources: readonly { readonly revision: string }[] };
};

/** An application of a real installation, and the cluster as its administrator sees it. */
export type Subject = {
  readonly application: string;
  /** Runs a command against the installation; rejects, with what it said, where it fails. */
  plumb(...args: readonly string[]): Promise<string>;
  status(): Promise<Status>;
  /** `v` of the ConfigMap `settings`; undefined where there is none. */
  value(): Promise<string | undefined>;
  edit(v: string): Promise<void>;
  wipe(): Promise<void>;
  /** Undefined: nobody said how to push. */
  readonly push: (() => Promise<void>) | undefined;
  /** Waits, for so many seconds at most, until something holds. */
  until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void>;
};

/** Opens an application whose namespace has its name. */
export function openSubject({ store, kubeconfig, application, push }: SubjectOptions): Subject {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const objects = KubernetesObjectApi.makeApiClient(config);
  const settings = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: application },
  };
  const plumb: Subject['plumb'] = async (...args) => {
    const { stdout } = await execute(process.execPath, [plumbPath, ...args, '--store', store], {
      maxBuffer: 64e6,
    });
    return stdout;
  };
  return {
    application,
    plumb,
    status: async () => JSON.parse(await plumb('status', application, '-o', 'json')) as Status,
    value: async () => {
      try {
        return ((await objects.read(settings)) as { readonly data?: { readonly v?: string } }).data?.v;
      } catch (error) {
        if ((error as { readonly code?: number }).code === 404) return undefined;
        throw error;
      }
    },
    edit: async (v) => void (await objects.patch({ ...settings, data: { v } } as never)),
    wipe: async () =>
      void (await objects.delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: application } })),
    push: push === undefined ? undefined : async () => void (await execute('sh', ['-c', push])),
    until: async (what, seconds, holds) => {
      for (const end = performance.now() + seconds * 1000; !(await holds()); await sleep(2_000))
        if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    },
  };
}
