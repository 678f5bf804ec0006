import { randomBytes } from 'node:crypto';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';

export type TestNamespace = {
  readonly name: string;
  /** Asks for its deletion and does not wait: a control plane without controllers never ends one. */
  remove(): Promise<void>;
};

/** Makes a namespace that no other test uses; its name starts with `prefix`. */
export async function makeNamespace(kubeconfig: string, prefix = 'test'): Promise<TestNamespace> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const name = `${prefix}-${randomBytes(4).toString('hex')}`;
  await core.createNamespace({ body: { metadata: { name } } });
  return {
    name,
    remove: async () => {
      await core.deleteNamespace({ name });
    },
  };
}
