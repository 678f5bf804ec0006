import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Flags of kube-apiserver that let a webhook say whose bearer tokens are; its answers are not kept. */
export async function tokenWebhookFlags(folder: string, url: string): Promise<{ readonly [flag: string]: string }> {
  const path = join(folder, 'token-webhook.json');
  const name = 'token-webhook';
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  await writeFile(path, JSON.stringify(kubeconfig));
  return {
    'authentication-token-webhook-config-file': path,
    'authentication-token-webhook-version': 'v1',
    'authentication-token-webhook-cache-ttl': '0s',
  };
}
