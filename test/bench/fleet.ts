import { join } from 'node:path';
import { KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import { makeBucket } from '../support/aws/make-bucket.ts';
import { startEmulator } from '../support/aws/start-emulator.ts';
import type { Bed } from './bed.ts';
import type { FleetResult, FleetTask } from './fleet-process.ts';
import { measureProcess } from './measure-process.ts';

type Task = FleetTask extends infer Each ? (Each extends FleetTask ? Omit<Each, Means> : never) : never;
type Means = 'kubeconfig' | 'folder' | 'bucket' | 'applications' | 'objects';

/** What memory a process takes is otherwise its own choice: it collects late where it may. Functions have four times as much. */
const boundedHeap = ['--max-old-space-size=144', '--max-semi-space-size=8'];

/** Applications of one cluster, with their state in S3 (emulated); each process begins with nothing, like a function. */
export type Fleet = {
  run(task: Task): Promise<FleetResult>;
  /** Changes one object of so many applications by hand. */
  changeByHand(applications: number): Promise<void>;
  close(): Promise<void>;
};

/** Deploys so many applications of so many ConfigMaps each. */
export async function openFleet(
  bed: Bed,
  { applications, objects }: { readonly applications: number; readonly objects: number },
): Promise<Fleet> {
  const emulator = await startEmulator();
  const bucket = await makeBucket(emulator);
  const { kubeconfig } = bed.controlPlane;
  const given = { kubeconfig, folder: bed.folder, bucket, applications, objects };
  const program = join(import.meta.dirname, 'fleet-process.ts');
  const run = async (task: Task): Promise<FleetResult> => {
    const args = ['--no-warnings', ...boundedHeap, program, JSON.stringify({ ...given, ...task })];
    const { exitCode, output } = await measureProcess({ path: process.execPath, args, env: emulator.environment });
    if (exitCode !== 0) throw new Error(`fleet-process: exit code ${exitCode}\n${output}`);
    return JSON.parse(output.trim().split('\n').at(-1) ?? '') as FleetResult;
  };
  await run({ do: 'seed' });
  return {
    run,
    changeByHand: async (count) => {
      const config = new KubeConfig();
      config.loadFromFile(kubeconfig);
      const api = KubernetesObjectApi.makeApiClient(config);
      for (let index = 0; index < count; index += 1)
        await api.patch({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: `app-${index}-0`, namespace: 'fleet' },
          data: { content: 'by hand' },
        } as never);
    },
    close: () => emulator.stop(),
  };
}
