import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SecretClusters } from '../../shared/adapters/kubernetes/secret-clusters.ts';
import { openUpstream, type Upstream } from '../support/faults/upstream.ts';
import { testConceal } from '../support/secrets/no-secrets.ts';
import { type ClusterBed, configMap, openClusterBed } from './cluster-bed.ts';

describe('A kubeconfig in a secret', () => {
  let bed: ClusterBed;
  let upstream: Upstream;
  let text: string;
  let reads = 0;
  let clusters: SecretClusters;
  beforeAll(async () => {
    bed = await openClusterBed();
    upstream = await openUpstream(bed.kubeconfig);
    clusters = new SecretClusters({
      conceal: testConceal,
      read: async () => {
        reads += 1;
        return text;
      },
    });
  });
  afterAll(async () => {
    await clusters.close();
    await bed.close();
  });

  const kubeconfig = (user: object, ca = upstream.ca): string =>
    JSON.stringify({
      'current-context': 'here',
      contexts: [{ name: 'here', context: { cluster: 'there', user: 'me' } }],
      clusters: [
        { name: 'there', cluster: { server: bed.server, 'certificate-authority-data': ca.toString('base64') } },
      ],
      users: [{ name: 'me', user }],
    });
  const certificate = (): object => ({
    'client-certificate-data': upstream.cert.toString('base64'),
    'client-key-data': upstream.key.toString('base64'),
  });

  it('opens its cluster, once for all who want it', async () => {
    text = kubeconfig(certificate());
    const wanted = { name: 'edge', secret: 'first' };
    const [cluster, same] = await Promise.all([clusters.open(wanted), clusters.open(wanted)]);
    expect(same).toBe(cluster);
    expect((await cluster.facts()).name).toBe('edge');
    expect((await cluster.apply(configMap(bed.namespace, 'by-secret'))).metadata.name).toBe('by-secret');
  });

  it('is read again, once, when the API server does not know who we are', async () => {
    text = kubeconfig({ token: 'stale' });
    const cluster = await clusters.open({ name: 'edge', secret: 'second' });
    await expect(cluster.facts()).rejects.toMatchObject({
      code: 'cluster-forbidden',
      status: 401,
      hint: 'Put a token or a client certificate that is good into the kubeconfig of secret second.',
    });
    text = kubeconfig(certificate());
    const before = reads;
    expect((await cluster.facts()).name).toBe('edge');
    expect(reads - before).toBeLessThanOrEqual(2);
  });

  it('is read again when the certificate is of another authority', async () => {
    text = kubeconfig(certificate(), Buffer.from(upstream.cert));
    const cluster = await clusters.open({ name: 'edge', secret: 'third' });
    text = kubeconfig(certificate());
    expect((await cluster.facts()).name).toBe('edge');
  });

  it('that cannot be used can be corrected', async () => {
    text = kubeconfig({ exec: { command: 'aws' } });
    const wanted = { name: 'edge', secret: 'fourth' };
    await expect(clusters.open(wanted)).rejects.toMatchObject({ code: 'cluster-unknown' });
    text = kubeconfig(certificate());
    expect((await (await clusters.open(wanted)).facts()).name).toBe('edge');
  });
});
