import { copyFile } from 'node:fs/promises';
import type { Binaries } from '../support/control-plane/provision.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane/start-control-plane.ts';
import { type ClusterAccess, openClusterAccess } from './cluster-access.ts';

/** Where the story takes place: one control plane after another, under the same kubeconfig. */
export type Place = {
  readonly cluster: () => ClusterAccess;
  readonly logFolders: () => readonly string[];
  readonly replace: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Starts the first control plane; each one's kubeconfig is put at the same path. */
export async function openPlace(binaries: Binaries, kubeconfig: string): Promise<Place> {
  const start = async (): Promise<{ readonly controlPlane: ControlPlane; readonly access: ClusterAccess }> => {
    const controlPlane = await startControlPlane({ binaries });
    await copyFile(controlPlane.kubeconfig, kubeconfig);
    return { controlPlane, access: await openClusterAccess(kubeconfig) };
  };
  let now = await start();
  const close = async (): Promise<void> => {
    now.access.close();
    await now.controlPlane.stop();
  };
  return {
    cluster: () => now.access,
    logFolders: () => [now.controlPlane.folder],
    replace: async () => {
      await close();
      now = await start();
    },
    close,
  };
}
