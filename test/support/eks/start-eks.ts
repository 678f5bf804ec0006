import type { ClusterEndpoint } from '../../../shared/cluster-ports.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/start-control-plane.ts';
import { openUpstream } from '../faults/upstream.ts';
import type { AccessEntry } from './access-entries.ts';
import { startTokenWebhook, type TokenWebhook } from './token-webhook.ts';
import { type KnownKey, verifyEksToken } from './verify-token.ts';

export type EksOptions = {
  readonly name: string;
  /** By access key id; a test may add some later. */
  readonly keys: ReadonlyMap<string, KnownKey> | ((accessKeyId: string) => Promise<KnownKey | undefined>);
  readonly controllers?: boolean;
};

/** A real API server that lets in whom EKS would: whoever AWS knows and an access entry names. */
export type EksCluster = {
  readonly name: string;
  readonly endpoint: ClusterEndpoint;
  /** Those in force. */
  readonly entries: AccessEntry[];
  readonly reviews: TokenWebhook['reviews'];
  readonly controlPlane: ControlPlane;
  /** Puts the clock of the authenticator forth, or back. */
  setClock(offsetMs: number): void;
  stop(): Promise<void>;
};

/** Starts the cluster; about 4 s without controllers. */
export async function startEks({ name, keys, controllers = false }: EksOptions): Promise<EksCluster> {
  const entries: AccessEntry[] = [];
  let offset = 0;
  const webhook = await startTokenWebhook({
    verify: (token) => {
      const keyOf = typeof keys === 'function' ? keys : (id: string): KnownKey | undefined => keys.get(id);
      return verifyEksToken(token, { cluster: name, keyOf, now: new Date(Date.now() + offset) });
    },
    entries: () => entries,
  });
  const controlPlane = await startControlPlane({ controllers, tokenWebhook: webhook.url });
  const { origin, ca } = await openUpstream(controlPlane.kubeconfig);
  return {
    name,
    endpoint: { server: origin, certificateAuthority: ca.toString('base64') },
    entries,
    reviews: webhook.reviews,
    controlPlane,
    setClock: (offsetMs) => {
      offset = offsetMs;
    },
    async stop() {
      await controlPlane.stop();
      await webhook.close();
    },
  };
}
