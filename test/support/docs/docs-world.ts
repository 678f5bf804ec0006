import { KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { sharedControlPlane } from '../control-plane/shared-control-plane.ts';
import { type ControlPlaneAccess, startControlPlane } from '../control-plane/start-control-plane.ts';
import type { GitFiles } from '../git-repositories.ts';
import { configMap, deployment } from '../manifests.ts';
import { blocksOf } from './doc-page.ts';
import { type DocsBed, openDocsBed } from './docs-bed.ts';
import { bringSecrets } from './docs-secrets.ts';

/** How things stand when somebody opens a page: what its examples take for granted. */
export type Situation =
  | 'declared'
  | 'pushed'
  | 'pushed among many'
  | 'two revisions synced'
  | 'rolled back'
  | 'changed by hand'
  | 'rolling out'
  | 'payments changed by hand'
  | 'without rights'
  | 'emptied'
  | 'with secrets'
  | 'state lost';

/** May do all in `default` and payments, and nothing in shop. */
const ada = 'ada-of-the-documentation';

/** A bed in which shop and payments are declared in `apps/` and in a control repository. */
export async function openDocsWorld(situation: Situation): Promise<DocsBed> {
  if (situation !== 'state lost') return openIn(sharedControlPlane(), situation);
  // Other tests have applications of the same names in the shared one, and what is about a whole cluster would find them.
  const controlPlane = await startControlPlane();
  try {
    const bed = await openIn(controlPlane, situation);
    return { ...bed, close: () => bed.close().finally(controlPlane.stop) };
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

async function openIn(controlPlane: ControlPlaneAccess, situation: Situation): Promise<DocsBed> {
  const isAda = situation === 'without rights';
  const bed = await openDocsBed(controlPlane, isAda ? await controlPlane.addUser(ada) : controlPlane.kubeconfig);
  try {
    await makeRepositories(bed, situation === 'pushed among many' ? 40 : 0);
    await declareApplications(bed);
    await prepare[situation](bed);
    return bed;
  } catch (error) {
    await bed.close();
    throw error;
  }
}

const prepare: { readonly [situation in Situation]: (bed: DocsBed) => Promise<void> } = {
  declared: async () => {},
  pushed: push,
  'pushed among many': push,
  'two revisions synced': syncTwo,
  'rolled back': async (bed) => {
    await syncTwo(bed);
    await type(bed, 'plumb rollback shop');
  },
  'changed by hand': async (bed) => {
    await type(bed, 'plumb sync --all -f apps/ --wait');
    await bed.git.commit('shop', { files: prompts('2') });
    await type(bed, 'plumb sync shop -f apps/ --wait');
    await type(
      bed,
      `KUBE_EDITOR='sed -i s/replicas:.3/replicas:\\ 5/' kubectl edit deployment web -n ${bed.namespaces.shop}`,
    );
  },
  'rolling out': async (bed) => {
    await type(bed, 'plumb sync --all -f apps/ --wait');
    const files = { ...prompts('2'), ...web({ strategy: twoAtOnce, template: podOf('web', 'nowhere') }) };
    await bed.git.commit('shop', { files, message: 'more prompts', author: 'Ada <ada@git.example>' });
    await type(bed, 'plumb sync shop -f apps/');
    const updated = `--for=jsonpath='{.status.updatedReplicas}'=2`;
    await type(bed, `kubectl wait deployment web -n ${bed.namespaces.shop} ${updated} --timeout=30s`);
  },
  'payments changed by hand': async (bed) => {
    await type(bed, 'plumb sync --all -f apps/ --wait');
    await type(bed, `kubectl patch configmap rates -n ${bed.namespaces.payments} -p '{"data":{"fee":"9"}}'`);
    await type(bed, 'plumb status payments -f apps/ --refresh');
  },
  emptied: async (bed) => {
    await type(bed, 'plumb sync --all -f apps/ --wait');
    for (const namespace of [bed.namespaces.shop, bed.namespaces.payments])
      await type(bed, `kubectl delete configmaps,deployments --all -n ${namespace}`);
  },
  'without rights': (bed) => mayAdminister(ada, ['default', bed.namespaces.payments]),
  'with secrets': bringSecrets,
  'state lost': async (bed) => {
    await type(bed, 'plumb sync --all -f apps/ --wait');
    await type(bed, 'rm -r .local/state/plumbline');
  },
};

async function syncTwo(bed: DocsBed): Promise<void> {
  await type(bed, 'plumb sync --all -f apps/ --wait');
  await bed.git.commit('shop', { files: prompts('2'), message: 'a bad prompt' });
  await type(bed, 'plumb sync shop -f apps/ --wait');
}

async function push(bed: DocsBed): Promise<void> {
  await type(bed, 'plumb sync --all -f apps/ --wait');
  await bed.git.commit('shop', { files: { ...prompts('2'), ...web({ revisionHistoryLimit: 3 }) } });
}

async function type(bed: DocsBed, line: string): Promise<void> {
  const { exitCode, err } = await bed.run(line);
  if (exitCode !== 0) throw new Error(`${line} ended with ${exitCode}: ${err}`);
}

const prompts = (text: string): GitFiles => ({ 'base/prompts.yaml': configMap('prompts', { text }) });
const web = (spec: object): GitFiles => ({ 'base/web.yaml': deployment('web', { replicas: 3, ...spec }) });

const twoAtOnce = { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } };
const podOf = (app: string, node: string): object => ({
  metadata: { labels: { app } },
  spec: { nodeSelector: { node }, containers: [{ name: 'main', image: 'registry.example.com/app:2' }] },
});

/** `more` objects beside prompts and web. */
async function makeRepositories({ git }: DocsBed, more: number): Promise<void> {
  const strategies = Array.from({ length: more }, (_, index) => `strategy-${index}`);
  const resources = ['prompts', 'web', ...strategies].map((name) => `${name}.yaml`);
  await git.createRepository('shop', {
    'overlays/prod/kustomization.yaml': 'resources: [../../base]\n',
    'base/kustomization.yaml': JSON.stringify({ resources }),
    ...Object.fromEntries(strategies.map((name) => [`base/${name}.yaml`, configMap(name)])),
    ...prompts('1'),
    ...web({}),
  });
  await git.commit('shop', { branch: 'my-branch', from: 'main', files: prompts('mine') });
  await git.createRepository('payments', { 'deploy/rates.yaml': configMap('rates', { fee: '1' }) });
  await git.tag('payments', 'v1.4.2');
}

/** The shop is that of the README. */
async function declareApplications({ localize, write, git }: DocsBed): Promise<void> {
  const shop = blocksOf('README.md').find(({ language }) => language === 'yaml')?.text ?? '';
  const manifests = { 'shop.yaml': localize(shop), 'payments.yaml': localize(payments) };
  const files = Object.entries(manifests);
  for (const [name, text] of files) await write(`apps/${name}`, text);
  const folders = ['', 'apps/', 'apps/prod/'];
  const paths = folders.flatMap((folder) => files.map(([name, text]) => [folder + name, text] as const));
  await git.createRepository('team/control', Object.fromEntries(paths));
}

const payments = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: payments
spec:
  destination:
    server: https://kubernetes.default.svc
    namespace: payments
  source:
    repoURL: https://git.example/payments.git
    path: deploy
    targetRevision: ^1.4
`;

async function mayAdminister(user: string, namespaces: readonly string[]): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(sharedControlPlane().kubeconfig);
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const apiGroup = 'rbac.authorization.k8s.io';
  const body = {
    metadata: { name: user },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'admin' },
    subjects: [{ apiGroup, kind: 'User', name: user }],
  };
  await Promise.all(namespaces.map((namespace) => rbac.createNamespacedRoleBinding({ namespace, body })));
}
