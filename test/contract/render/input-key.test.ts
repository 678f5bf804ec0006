import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { folderTree, type TestFiles } from '../../unit/render/folder-tree.ts';
import {
  capabilities,
  type Given,
  helm,
  kustomize,
  openRenderBed,
  type RenderBed,
} from '../../unit/render/render-bed.ts';

let bed: RenderBed;
beforeAll(async () => {
  bed = await openRenderBed();
});
afterAll(() => bed.close());

const key = async (given: Given): Promise<string> => (await bed.prepare(given)).inputKey;
const map = (name: string, value = '1'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {v: "${value}"}\n`;

const plain: TestFiles = {
  'app/a.yaml': map('a'),
  'app/README.md': 'x',
  'app/deep/b.yaml': map('b'),
  'other/c.yaml': map('c'),
};
const kustomized: TestFiles = {
  'app/kustomization.yaml': 'resources: [../base]',
  'base/kustomization.yaml': 'resources: [a.yaml]',
  'base/a.yaml': map('a'),
  'base/unused.yaml': map('u'),
  'app/notes.md': 'x',
};
const chart: TestFiles = {
  'app/Chart.yaml': 'apiVersion: v2\nname: d\nversion: 1.0.0',
  'app/templates/a.yaml': map('a'),
  'env/prod.yaml': 'a: 1',
  'env/dev.yaml': 'a: 2',
  'other/x.yaml': 'x',
};

const otherApplication: Given = {
  application: { name: 'other', project: 'p2', destination: { name: 'there', namespace: 'ns2' } },
};
const otherCluster: Given = { request: { capabilities: { kubeVersion: 'v1.99.0', apiVersions: ['z/v1'] } } };

describe('the key of a render', () => {
  it.each<[string, Given, Given]>([
    ['a file beside a plain folder changes', { files: plain }, { files: { ...plain, 'other/c.yaml': 'changed' } }],
    [
      'a file that is not read changes in it',
      { files: plain },
      { files: { ...plain, 'app/README.md': 'changed', 'app/deep/b.yaml': 'changed' } },
    ],
    ['another application reads the same plain folder', { files: plain }, { files: plain, ...otherApplication }],
    ['a plain folder goes to another cluster', { files: plain }, { files: plain, ...otherCluster }],
    [
      'a file that no kustomization names changes',
      { files: kustomized },
      { files: { ...kustomized, 'base/unused.yaml': 'changed', 'app/notes.md': 'changed' } },
    ],
    [
      'a kustomization goes to another cluster and application',
      { files: kustomized },
      { files: kustomized, ...otherCluster, ...otherApplication },
    ],
    [
      'a file beside a chart changes',
      { files: chart, source: helm({ valueFiles: ['../env/prod.yaml'] }) },
      {
        files: { ...chart, 'other/x.yaml': 'y', 'env/dev.yaml': 'a: 3' },
        source: helm({ valueFiles: ['../env/prod.yaml'] }),
      },
    ],
    ['a chart belongs to another project', { files: chart }, { files: chart, application: { project: 'p2' } }],
  ])('stays when %s', async (_, before, after) => {
    expect(await key(after)).toBe(await key(before));
  });

  it.each<[string, Given, Given]>([
    ['a manifest changes', { files: plain }, { files: { ...plain, 'app/a.yaml': map('a', '2') } }],
    ['a manifest gets another name', { files: { 'app/a.yaml': map('a') } }, { files: { 'app/b.yaml': map('a') } }],
    [
      'it recurses',
      { files: plain },
      { files: plain, source: { directory: { recurse: true, disableExtensionFilter: false } } },
    ],
    ['a base changes', { files: kustomized }, { files: { ...kustomized, 'base/a.yaml': map('a', '2') } }],
    [
      'an override of kustomize changes',
      { files: kustomized },
      { files: kustomized, source: kustomize({ images: ['a:1'] }) },
    ],
    [
      'an in-repository override changes',
      { files: kustomized },
      { files: { ...kustomized, 'app/.argocd-source.yaml': 'kustomize: {images: [a:2]}' } },
    ],
    [
      'an override for one application is written',
      { files: kustomized },
      { files: { ...kustomized, 'app/.argocd-source-web.yaml': 'kustomize: {namePrefix: a-}' } },
    ],
    ['a template changes', { files: chart }, { files: { ...chart, 'app/templates/a.yaml': map('a', '2') } }],
    [
      'a value file changes',
      { files: chart, source: helm({ valueFiles: ['../env/prod.yaml'] }) },
      { files: { ...chart, 'env/prod.yaml': 'a: 9' }, source: helm({ valueFiles: ['../env/prod.yaml'] }) },
    ],
    [
      'a file is added to a glob',
      { files: chart, source: helm({ valueFiles: ['../env/*.yaml'] }) },
      { files: { ...chart, 'env/new.yaml': 'a: 9' }, source: helm({ valueFiles: ['../env/*.yaml'] }) },
    ],
    [
      'a parameter changes',
      { files: chart, source: helm({}) },
      { files: chart, source: helm({ parameters: [{ name: 'a', value: '1', forceString: false }] }) },
    ],
    [
      'values change',
      { files: chart, source: helm({ values: 'a: 1' }) },
      { files: chart, source: helm({ values: 'a: 2' }) },
    ],
    ['a chart goes to another cluster', { files: chart }, { files: chart, ...otherCluster }],
    ['a chart has another release name', { files: chart }, { files: chart, application: { name: 'other' } }],
    [
      'a chart goes to another namespace',
      { files: chart },
      { files: chart, application: { destination: { name: 'here', namespace: 'n2' } } },
    ],
  ])('changes when %s', async (_, before, after) => {
    expect(await key(after)).not.toBe(await key(before));
  });

  it('holds the commit only where a build variable asks for it', async () => {
    const options = (value: string): NonNullable<Given['source']> =>
      helm({ parameters: [{ name: 'rev', value, forceString: true }] });
    const beside = { ...chart, 'other/x.yaml': 'changed' };
    expect(await key({ files: beside, source: options('fixed') })).toBe(
      await key({ files: chart, source: options('fixed') }),
    );
    expect(await key({ files: beside, source: options('$ARGOCD_APP_REVISION') })).not.toBe(
      await key({ files: chart, source: options('$ARGOCD_APP_REVISION') }),
    );
  });

  it('changes with the version of the tool that is used, and of no other', async () => {
    const withVersions = async (
      versions: { readonly helm: string; readonly kustomize: string },
      files: TestFiles,
    ): Promise<string> => {
      const { versions: real } = bed.runner;
      Object.assign(bed.runner, { versions: async () => versions });
      const found = await key({ files });
      Object.assign(bed.runner, { versions: real });
      return found;
    };
    const [now, newHelm, newKustomize] = [
      { helm: 'v1', kustomize: 'v1' },
      { helm: 'v2', kustomize: 'v1' },
      { helm: 'v1', kustomize: 'v2' },
    ];
    for (const [files, same, other] of [
      [chart, newKustomize, newHelm],
      [kustomized, newHelm, newKustomize],
    ] as const) {
      expect(await withVersions(same, files)).toBe(await withVersions(now, files));
      expect(await withVersions(other, files)).not.toBe(await withVersions(now, files));
    }
  });
});

describe('one changed file in a repository of 500 applications', () => {
  const repository = (changed?: number): TestFiles =>
    Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => index).flatMap((index) => {
        const value = index === changed ? 'changed' : 'same';
        const [folder, kind] = [`apps/${index}`, index % 5];
        const content: TestFiles = { [`${folder}/a.yaml`]: map(`a${index}`, value) };
        const kustomization: TestFiles =
          kind === 1 ? { [`${folder}/kustomization.yaml`]: 'resources: [a.yaml, ../../base]' } : {};
        const helmChart: TestFiles =
          kind === 2 ? { [`${folder}/Chart.yaml`]: 'apiVersion: v2\nname: c\nversion: 1.0.0' } : {};
        return Object.entries({ ...content, ...kustomization, ...helmChart });
      }),
    );
  const base: TestFiles = { 'base/kustomization.yaml': 'resources: [b.yaml]', 'base/b.yaml': map('base') };
  const keys = async (changed?: number): Promise<readonly string[]> => {
    const trees = [folderTree({ ...repository(changed), ...base })];
    return Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        key({ trees, source: { path: `apps/${index}` }, application: { name: `app-${index}` } }),
      ),
    );
  };

  it.each([0, 1, 2])('leaves 499 keys as they were (application %i)', async (changed) => {
    const [before, after] = [await keys(), await keys(changed)];
    expect(before.map((each, index) => (each === after[index] ? -1 : index)).filter((index) => index >= 0)).toEqual([
      changed,
    ]);
    expect(new Set(before).size).toBe(500);
  });
});

describe('a hundred applications of four plain files', () => {
  const trees = [
    folderTree(
      Object.fromEntries(
        Array.from({ length: 400 }, (_, index) => [
          `apps/${Math.floor(index / 4)}/${index % 4}.yaml`,
          map(`m${index}`),
        ]),
      ),
    ),
  ];

  it('are prepared and rendered in well under a second', async () => {
    const all = (): Promise<readonly unknown[]> =>
      Promise.all(Array.from({ length: 100 }, (_, index) => bed.render({ trees, source: { path: `apps/${index}` } })));
    await all();
    const start = performance.now();
    await all();
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('are rendered without a look at the capabilities of the cluster', () => {
    expect(capabilities.apiVersions).not.toEqual([]);
    expect(bed.ran).toEqual([]);
  });
});
