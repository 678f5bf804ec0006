import { describe, expect, it } from '@jest/globals';
import { findTarget, normaliseServer } from '../../../../shared/adapters/kubernetes/find-target.ts';
import { mergeKubeconfigs, parseKubeconfig } from '../../../../shared/adapters/kubernetes/kubeconfig.ts';

const origin = { path: '/home/me/.kube/config', folder: '/home/me/.kube' };
const kubeconfig = parseKubeconfig(
  `
current-context: dev
contexts:
  - { name: dev, context: { cluster: dev-eu, user: me } }
  - { name: dev-admin, context: { cluster: dev-eu, user: admin } }
  - { name: prod, context: { cluster: prod-eu, user: me } }
  - { name: torn, context: { cluster: gone, user: me } }
clusters:
  - { name: dev-eu, cluster: { server: 'https://Dev.example.com:443/' } }
  - { name: prod-eu, cluster: { server: 'https://prod.example.com:6443/k8s/eu/' } }
  - { name: lone, cluster: { server: 'https://lone.example.com' } }
users:
  - { name: me, user: { token: t0ken } }
  - { name: admin, user: { client-certificate: certs/admin.pem, client-key: /keys/admin.pem } }
`,
  origin,
);
const find = (destination: { server?: string; name?: string }, context?: string) => {
  const { name, cluster, user } = findTarget(kubeconfig, { ...destination, namespace: '' }, context);
  return [name, cluster.name, user?.name];
};

describe('findTarget', () => {
  it.each([
    { destination: { server: 'https://kubernetes.default.svc' }, expected: ['dev', 'dev-eu', 'me'] },
    { destination: { server: 'https://kubernetes.default.svc:443/' }, expected: ['dev', 'dev-eu', 'me'] },
    { destination: { name: 'in-cluster' }, expected: ['dev', 'dev-eu', 'me'] },
    { destination: { name: 'in-cluster' }, context: 'prod', expected: ['prod', 'prod-eu', 'me'] },
    { destination: { name: 'dev-admin' }, expected: ['dev-admin', 'dev-eu', 'admin'] },
    { destination: { name: 'prod-eu' }, expected: ['prod', 'prod-eu', 'me'] },
    { destination: { name: 'lone' }, expected: ['lone', 'lone', undefined] },
    { destination: { server: 'https://dev.example.com' }, expected: ['dev', 'dev-eu', 'me'] },
    {
      destination: { server: 'https://dev.example.com' },
      context: 'dev-admin',
      expected: ['dev-admin', 'dev-eu', 'admin'],
    },
    { destination: { server: 'https://prod.example.com:6443/k8s/eu' }, expected: ['prod', 'prod-eu', 'me'] },
    { destination: { server: 'https://lone.example.com/' }, expected: ['lone', 'lone', undefined] },
  ])('finds $destination (context $context): $expected', ({ destination, context, expected }) => {
    expect(find(destination, context)).toEqual(expected);
  });

  it.each([{ name: 'nowhere' }, { server: 'https://nowhere.example.com' }, { name: 'torn' }])(
    'does not know %j, and says which ones it knows',
    (destination) => {
      expect(() => find(destination)).toThrow(
        expect.objectContaining({
          code: 'cluster-unknown',
          message: expect.stringContaining('Known: dev (https://dev.example.com), dev-admin'),
          hint: expect.stringContaining('kubectl config'),
        }),
      );
    },
  );

  it('says that there is no current context, where there is none', () => {
    const none = parseKubeconfig('', origin);
    expect(() => findTarget(none, { name: 'in-cluster', namespace: '' })).toThrow('The current context is not set');
  });

  it('never tells the password of a server URL', () => {
    expect(() => find({ server: 'https://me:s3cret@nowhere.example.com' })).toThrow(
      /"https:\/\/nowhere\.example\.com"/,
    );
    expect(normaliseServer('https://me:s3cret@a.example.com/')).toBe('https://a.example.com');
  });
});

describe('parseKubeconfig', () => {
  it('takes relative paths from the folder of the file', () => {
    expect(kubeconfig.users[1]).toMatchObject({
      certificate: { file: '/home/me/.kube/certs/admin.pem' },
      key: { file: '/keys/admin.pem' },
    });
  });

  it('quotes nothing of a file that is not YAML', () => {
    const broken = 'users:\n  - {name: me, user: {token: t0ken}\n  x: [';
    expect(() => parseKubeconfig(broken, origin)).toThrow(
      /Kubeconfig \/home\/me\/\.kube\/config cannot be read: .* \(line \d\)/,
    );
    expect(() => parseKubeconfig(broken, origin)).not.toThrow(/t0ken/);
    expect(() => parseKubeconfig('just text', origin)).toThrow('it is not a mapping');
  });

  it('lets the first entry of a name win when several files are merged', () => {
    const file = (server: string, context: string) =>
      parseKubeconfig(
        JSON.stringify({ 'current-context': context, clusters: [{ name: 'a', cluster: { server } }] }),
        origin,
      );
    const merged = mergeKubeconfigs([
      parseKubeconfig('', origin),
      file('https://one', 'first'),
      file('https://two', 'second'),
    ]);
    expect(merged).toMatchObject({ currentContext: 'first', clusters: [{ server: 'https://one' }] });
  });
});
