import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../shared/adapters/local/clock.ts';
import { FolderStore } from '../../../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../../../shared/adapters/local/worker.ts';
import type { Cluster } from '../../../../shared/cluster-ports.ts';
import type { Application } from '../../../../shared/model/application.ts';
import { defaultProject } from '../../../../shared/model/project.ts';
import type { Command, Ports } from '../../../../shared/ports.ts';
import type { DeclarationsWithWarnings } from '../../../../shared/registry/declare.ts';
import { declareFromGit } from '../../../../shared/workflows/serve/declare.ts';
import { renderApplication } from '../../../../shared/workflows/sync/render.ts';
import { noSecrets } from '../../../support/secrets/no-secrets.ts';
import { folderTree, type TestFiles, treeHost } from '../../render/folder-tree.ts';

let folder: string;
let asked: string[];
let ran: Command[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-declare-'));
  asked = [];
  ran = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const project = (name: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: ${name}}\nspec: {}\n`;
const chart: TestFiles = {
  'Chart.yaml':
    'apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies: [{name: d, version: 1.0.0, repository: "https://charts.example"}]\n',
};

/** Ports on a commit in memory, with a helm that says the same to whatever is asked. */
function portsOn(files: TestFiles): { readonly ports: Ports; readonly repoURL: string; readonly revision: string } {
  const tree = folderTree(files);
  const worker = localWorker();
  const facts: Cluster['facts'] = async () => ({
    name: 'here',
    server: 'https://here',
    version: 'v1.36.3',
    served: [],
  });
  const ports: Ports = {
    git: treeHost([tree]),
    chartCredential: async (repoURL) => {
      asked.push(repoURL);
      return undefined;
    },
    runner: {
      run: async (command) => {
        ran.push(command);
        return { exitCode: 0, stdout: project('made'), stderr: 'careful\n' };
      },
      versions: async () => ({ helm: 'v4', kustomize: 'v5' }),
    },
    clusters: { open: async () => ({ facts }) as Cluster },
    store: new FolderStore(join(folder, 'store'), worker),
    clock: systemClock,
    worker,
    reporter: { report: () => {} },
    secrets: noSecrets,
    scratch: join(folder, 'scratch'),
  };
  return { ports, repoURL: tree.repoURL, revision: tree.commit.sha };
}

describe('what a control repository declares', () => {
  const declareTwice = async (files: TestFiles): Promise<readonly DeclarationsWithWarnings[]> => {
    const { ports, repoURL, revision } = portsOn(files);
    const control = { repoURL, revision, path: '' };
    return [await declareFromGit(control, ports), await declareFromGit(control, ports)];
  };

  it('comes with the warnings of its render, also where the render is an earlier one', async () => {
    const said = await declareTwice({
      'a.yaml': project('shop'),
      'b.yaml': project('shop'),
      'notes.yaml': 'just: notes\n',
    });
    for (const { warnings, projects } of said) {
      expect(projects.map(({ name }) => name)).toContain('shop');
      expect(warnings).toEqual([
        expect.stringMatching(/^https:\/\/git\.example\/team\/app: notes\.yaml is skipped/),
        expect.stringMatching(/^https:\/\/git\.example\/team\/app: .*shop is written more than once/),
      ]);
    }
  });

  it('comes with what helm warns of, which is run once', async () => {
    for (const { warnings } of await declareTwice(chart))
      expect(warnings).toContainEqual(
        expect.stringMatching(/^https:\/\/git\.example\/team\/app: helm chart .*careful/),
      );
    expect(ran).toHaveLength(1);
    expect(await readdir(join(folder, 'scratch'))).toEqual([]);
  });
});

describe('the credential of a chart in Git for its dependency', () => {
  it('is asked for by the address of the dependency, when an application is rendered', async () => {
    const { ports, repoURL, revision } = portsOn(chart);
    const application: Application = {
      name: 'web',
      project: 'default',
      labels: {},
      annotations: {},
      finalizers: [],
      destination: { name: 'here', namespace: 'ns' },
      sources: [{ repoURL, targetRevision: revision, path: '.' }],
      syncPolicy: { syncOptions: [], retry: { limit: 0, backoffMs: 1, factor: 1, maxBackoffMs: 1 } },
    };
    await renderApplication({ application, project: defaultProject }, ports);
    expect(asked).toEqual(['https://charts.example']);
  });

  it('is asked for by the address of the dependency, when a control repository is read', async () => {
    const { ports, repoURL, revision } = portsOn(chart);
    await declareFromGit({ repoURL, revision, path: '' }, ports);
    expect(asked).toEqual(['https://charts.example']);
  });
});
