import { writeFile } from 'node:fs/promises';
import { EKS } from '@aws-sdk/client-eks';
import { createRole } from '../aws/iam.ts';
import type { Emulator } from '../aws/start-emulator.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/start-control-plane.ts';
import type { AccessEntry } from '../eks/access-entries.ts';
import { askSts } from '../eks/ask-sts.ts';
import { startTokenWebhook, type TokenWebhook } from '../eks/token-webhook.ts';
import type { Verdict } from '../eks/verify-token.ts';
import { type ApiGate, openApiGate } from '../faults/api-gate.ts';
import { openUpstream } from '../faults/upstream.ts';
import { loadEntries } from './access.ts';

/** Two clusters of EKS; both are one API server, and each has a way to it that can be cut. */
export const clusterNames = { near: 'near', far: 'far' } as const;

const arnOf = (name: string): string => `arn:aws:eks:us-east-1:000000000000:cluster/${name}`;

/** The same clusters, as the installation calls them. */
export const clusterArns: { readonly [name in keyof typeof clusterNames]: string } = {
  near: arnOf(clusterNames.near),
  far: arnOf(clusterNames.far),
};

export type InstalledCluster = {
  readonly controlPlane: ControlPlane;
  /** The ways that functions take to it. */
  readonly gates: { readonly [name in keyof typeof clusterNames]: ApiGate };
  /** What became of tokens, oldest first. */
  readonly reviews: TokenWebhook['reviews'];
  close(): Promise<void>;
};

export type ClusterOptions = {
  readonly emulator: Emulator;
  /** The file that the emulator reads. */
  readonly file: string;
};

/** Makes the clusters known to AWS; nothing runs yet. */
export async function createClusters(emulator: Emulator): Promise<void> {
  const { endpoint, region, credentials } = emulator;
  const trust = [{ Effect: 'Allow', Principal: { Service: 'eks.amazonaws.com' }, Action: 'sts:AssumeRole' }];
  const statements = [{ Effect: 'Allow', Action: 'ec2:DescribeSubnets', Resource: '*' }] as const;
  const roleArn = await createRole(emulator, 'eks', { trust, statements });
  const client = new EKS({ endpoint, region, credentials });
  // Nobody but those whom the app lets in.
  const accessConfig = { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false } as const;
  for (const name of Object.values(clusterNames))
    await client.createCluster({ name, roleArn, resourcesVpcConfig: {}, accessConfig });
  client.destroy();
}

/** Starts an API server with controllers that lets in whom AWS would, and tells the emulator where it is. */
export async function startCluster({ emulator, file }: ClusterOptions): Promise<InstalledCluster> {
  const entries = kept(() => entriesWithRoot(emulator), 2_000);
  const webhook = await startTokenWebhook({ verify: verifier(emulator), entries });
  const controlPlane = await startControlPlane({ tokenWebhook: webhook.url });
  const { origin, ca } = await openUpstream(controlPlane.kubeconfig);
  const upstream = { server: origin, certificateAuthority: ca.toString('base64') };
  const [near, far] = await Promise.all([openApiGate(upstream), openApiGate(upstream)]);
  const described = { [clusterNames.near]: describe(near), [clusterNames.far]: describe(far) };
  await writeFile(file, JSON.stringify(described));
  return {
    controlPlane,
    gates: { near, far },
    reviews: webhook.reviews,
    close: async () => {
      await Promise.all([controlPlane.stop(), near.close(), far.close()]);
      await webhook.close();
    },
  };
}

function describe({ endpoint: { server, certificateAuthority } }: ApiGate): object {
  return { endpoint: server, certificateAuthority: { data: certificateAuthority } };
}

/** EKS too believes a token for some time once it was verified. */
function verifier(sts: Emulator): (token: string) => Promise<Verdict> {
  const verdicts = new Map<string, Promise<Verdict>>();
  return (token) => {
    const verdict = verdicts.get(token) ?? askForEach(token, sts);
    verdicts.set(token, verdict);
    return verdict;
  };
}

/** A token is made for one of the clusters, and the API server does not know as which it was asked. */
async function askForEach(token: string, sts: Emulator): Promise<Verdict> {
  const near = await askSts(token, clusterNames.near, sts);
  return 'refusal' in near ? askSts(token, clusterNames.far, sts) : near;
}

/** Where rights are not enforced all functions are the account itself, which then is whoever is let in. */
async function entriesWithRoot(emulator: Emulator): Promise<readonly AccessEntry[]> {
  const entries = await loadEntries(emulator, clusterNames.near);
  const groups = entries.flatMap((entry) => entry.groups);
  return [...entries, { principalArn: 'arn:aws:iam::000000000000:root', username: 'plumbline', groups }];
}

function kept<T>(load: () => Promise<T>, ms: number): () => Promise<T> {
  let last: { readonly at: number; readonly value: Promise<T> } | undefined;
  return () => {
    if (last === undefined || Date.now() - last.at > ms) last = { at: Date.now(), value: load() };
    return last.value;
  };
}
