import { EKS } from '@aws-sdk/client-eks';
import type { Emulator } from '../aws/start-emulator.ts';
import type { AccessEntry } from '../eks/access-entries.ts';

/** The access entries of a cluster, as they are now. */
export async function loadEntries(emulator: Emulator, clusterName: string): Promise<readonly AccessEntry[]> {
  const { endpoint, region, credentials } = emulator;
  const client = new EKS({ endpoint, region, credentials });
  try {
    const { accessEntries = [] } = await client.listAccessEntries({ clusterName });
    return await Promise.all(accessEntries.map((principalArn) => loadEntry(client, { clusterName, principalArn })));
  } finally {
    client.destroy();
  }
}

async function loadEntry(
  client: EKS,
  of: { readonly clusterName: string; readonly principalArn: string },
): Promise<AccessEntry> {
  const { accessEntry = {} } = await client.describeAccessEntry(of);
  const { principalArn = '', username = '', kubernetesGroups = [] } = accessEntry;
  return { principalArn, ...(username === '' ? {} : { username }), groups: kubernetesGroups };
}
