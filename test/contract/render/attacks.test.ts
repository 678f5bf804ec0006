import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Source } from '../../../shared/model/application.ts';
import type { TestFiles } from '../../unit/render/folder-tree.ts';
import { helm, kustomize, openRenderBed, type RenderBed } from '../../unit/render/render-bed.ts';

let bed: RenderBed;
beforeAll(async () => {
  bed = await openRenderBed();
});
afterEach(async () => expect(await bed.left()).toEqual([]));
afterAll(() => bed.close());

const chart: TestFiles = {
  'app/Chart.yaml': 'apiVersion: v2\nname: demo\nversion: 1.0.0\n',
  'app/templates/cm.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {x: {{ .Files.Get "x.txt" | quote }}}\n',
};
const kustomization: TestFiles = { 'app/kustomization.yaml': 'resources: [cm.yaml]\n' };
const link = (target: string): { readonly link: string } => ({ link: target });

type Attack = readonly [what: string, files: TestFiles, source: Partial<Source>, message: RegExp];

const paths: readonly Attack[] = [
  ['a path above the repository', chart, { path: '../other' }, /it leaves the repository/],
  ['a path that climbs out in between', chart, { path: 'app/../../app' }, /it leaves the repository/],
  ['an absolute path', chart, { path: '/etc' }, /it is absolute/],
  ['a value file above the repository', chart, helm({ valueFiles: ['../../etc/passwd'] }), /leaves the repository/],
  ['a value file above the root', chart, helm({ valueFiles: ['/../etc/passwd'] }), /leaves the repository/],
  [
    'a value file built from a variable',
    chart,
    helm({ valueFiles: ['${X}../../etc/passwd'] }),
    /leaves the repository/,
  ],
  ['a glob above the repository', chart, helm({ valueFiles: ['../../**/*'] }), /leaves the repository/],
  ['a value file by URL', chart, helm({ valueFiles: ['http://169.254.169.254/latest/meta-data'] }), /is a URL/],
  ['a value file by file URL', chart, helm({ valueFiles: ['file:///etc/passwd'] }), /is a URL/],
  [
    'a file parameter above the repository',
    chart,
    helm({ fileParameters: [{ name: 'x', path: '../../../etc/passwd' }] }),
    /leaves the repository/,
  ],
  [
    'a chart dependency above the repository',
    {
      ...chart,
      'app/Chart.yaml':
        'name: d\nversion: 1.0.0\napiVersion: v2\ndependencies: [{name: x, version: "1", repository: "file://../../other"}]\n',
    },
    {},
    /it leaves the repository/,
  ],
  [
    'a resource above the repository',
    { 'app/kustomization.yaml': 'resources: [../../other]' },
    {},
    /it leaves the repository/,
  ],
  ['an absolute resource', { 'app/kustomization.yaml': 'resources: [/etc/passwd]' }, {}, /absolute path \/etc\/passwd/],
  [
    'a generator file above the repository',
    { 'app/kustomization.yaml': 'secretGenerator: [{name: x, files: [a=../../etc/passwd]}]' },
    {},
    /it leaves the repository/,
  ],
  [
    'an absolute env file',
    { 'app/kustomization.yaml': 'secretGenerator: [{name: x, envs: [/proc/self/environ]}]' },
    {},
    /absolute path/,
  ],
  [
    'a component of the Application above the repository',
    { 'app/kustomization.yaml': 'namePrefix: a-' },
    kustomize({ components: ['../../x'] }),
    /it leaves the repository/,
  ],
  [
    'a patch of the Application above the repository',
    { 'app/kustomization.yaml': 'namePrefix: a-' },
    kustomize({ patches: [{ path: '../../x' }] }),
    /it leaves the repository/,
  ],
];

const links: readonly Attack[] = [
  [
    'an absolute link in a folder',
    { 'app/x.yaml': link('/etc/passwd') },
    {},
    /app\/x\.yaml is refused: it is a link to the absolute path \/etc\/passwd/,
  ],
  [
    'a link out of the repository',
    { 'app/x.yaml': link('../../etc/passwd') },
    {},
    /app\/x\.yaml is refused: it is a link that leaves the repository/,
  ],
  [
    'a link that leaves and comes back',
    { 'app/x.yaml': link('../../app/y.yaml'), 'app/y.yaml': '' },
    {},
    /leaves the repository/,
  ],
  ['a link to a link out', { 'app/x.yaml': link('y'), 'app/y': link('../../z') }, {}, /app\/y is refused/],
  ['links in a circle', { 'app/x.yaml': link('y.yaml'), 'app/y.yaml': link('x.yaml') }, {}, /more than 40 links/],
  ['the folder itself as a link out', { app: link('../x') }, {}, /app is refused/],
  ['a link in a chart', { ...chart, 'app/x.txt': link('/proc/self/environ') }, {}, /app\/x\.txt is refused/],
  [
    'a linked template folder',
    { ...chart, 'app/templates/more': link('../../../..') },
    {},
    /app\/templates\/more is refused/,
  ],
  [
    'a value file that is a link',
    { ...chart, 'env/v.yaml': link('../../v.yaml') },
    helm({ valueFiles: ['../env/v.yaml'] }),
    /env\/v\.yaml is refused/,
  ],
  [
    'a glob that finds a link',
    { ...chart, 'env/v.yaml': link('/v.yaml') },
    helm({ valueFiles: ['../env/*.yaml'] }),
    /env\/v\.yaml is refused/,
  ],
  ['a linked resource', { ...kustomization, 'app/cm.yaml': link('/etc/passwd') }, {}, /app\/cm\.yaml is refused/],
  [
    'a linked base',
    { 'app/kustomization.yaml': 'resources: [base]', 'app/base': link('../../x') },
    {},
    /app\/base is refused/,
  ],
  ['a linked kustomization', { 'app/kustomization.yaml': link('/x') }, {}, /app\/kustomization\.yaml is refused/],
  ['a linked override file', { 'app/.argocd-source.yaml': link('/x'), 'app/a.yaml': '' }, {}, /refused|wanted/],
];

const programs: readonly Attack[] = [
  [
    'helm run by kustomize',
    { 'app/kustomization.yaml': 'helmCharts: [{name: x, repo: "https://example.com"}]' },
    {},
    /helmCharts is refused/,
  ],
  [
    'an exec plugin of kustomize',
    {
      'app/kustomization.yaml': 'generators: [g.yaml]',
      'app/g.yaml':
        'apiVersion: v1\nkind: Gen\nmetadata: {name: g, annotations: {config.kubernetes.io/function: "exec: {path: ./x.sh}"}}\n',
      'app/x.sh': '#!/bin/sh\n',
    },
    {},
    /kustomize build of app failed/,
  ],
  [
    'a container plugin of kustomize',
    {
      'app/kustomization.yaml': 'transformers: [g.yaml]',
      'app/g.yaml':
        'apiVersion: v1\nkind: T\nmetadata: {name: g, annotations: {config.kubernetes.io/function: "container: {image: evil}"}}\n',
    },
    {},
    /kustomize build of app failed/,
  ],
  [
    'a remote base',
    { 'app/kustomization.yaml': 'resources: ["https://github.com/org/repo//deploy"]' },
    {},
    /lies outside the repository/,
  ],
  [
    'a remote base over SSH',
    { 'app/kustomization.yaml': 'bases: ["ssh://git@host/x"]' },
    {},
    /lies outside the repository/,
  ],
  [
    'a remote transformer',
    { 'app/kustomization.yaml': 'transformers: ["https://example.com/{x}"]' },
    {},
    /lies outside the repository/,
  ],
  [
    'a chart that needs a type of ours',
    { ...chart, 'app/templates/cm.yaml': '{{ include "nothing" . }}' },
    {},
    /helm chart app/,
  ],
];

describe('what reaches out of the repository', () => {
  it.each([...paths, ...links])('is refused before any program runs: %s', async (_, files, source, message) => {
    const before = bed.ran.length;
    await expect(bed.render({ files, source })).rejects.toMatchObject({ message: expect.stringMatching(message) });
    expect(bed.ran.length).toBe(before);
  });

  it.each(programs)('is refused: %s', async (_, files, source, message) => {
    await expect(bed.render({ files, source })).rejects.toMatchObject({ message: expect.stringMatching(message) });
  });
});

describe('links inside the repository', () => {
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: linked}\n';
  const cases: readonly (readonly [string, TestFiles])[] = [
    ['in a folder', { 'app/x.yaml': link('../shared/x.yaml'), 'shared/x.yaml': map }],
    [
      'in a chart',
      {
        ...chart,
        'app/templates/cm.yaml': link('../../shared/folder/x.yaml'),
        'shared/folder': link('real'),
        'shared/real/x.yaml': map,
      },
    ],
    ['in a kustomization', { ...kustomization, 'app/cm.yaml': link('cm2.yaml'), 'app/cm2.yaml': map }],
    [
      'to a base',
      {
        'app/kustomization.yaml': 'resources: [base]',
        'app/base': link('../bases/b'),
        'bases/b/kustomization.yaml': 'resources: [x.yaml]',
        'bases/b/x.yaml': map,
      },
    ],
    ['on the way to the folder', { app: link('apps/real'), 'apps/real/x.yaml': map }],
  ];

  it.each(cases)('are followed: %s', async (_, files) => {
    expect((await bed.render({ files })).manifests).toMatchObject([{ metadata: { name: 'linked' } }]);
  });

  it.each(cases)('make their target part of the key: %s', async (_, files) => {
    const changed = Object.fromEntries(
      Object.entries(files).map(([path, file]) => [path, file === map ? `${map}data: {a: b}\n` : file]),
    );
    expect((await bed.prepare({ files: changed })).inputKey).not.toBe((await bed.prepare({ files })).inputKey);
  });

  it('that lead nowhere are skipped with a warning', async () => {
    const { manifests, warnings } = await bed.render({ files: { 'app/x.yaml': link('gone.yaml') } });
    expect(manifests).toEqual([]);
    expect(warnings).toEqual(['app/x.yaml is skipped: it is a link that leads to no file']);
  });
});

describe('a program that renders', () => {
  it('sees no file of the repository that the source does not name', async () => {
    const files = {
      ...chart,
      'secret.txt': 'secret',
      'app/x.txt': 'own',
      'app/templates/cm.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {own: {{ .Files.Get "x.txt" | quote }}, other: {{ .Files.Get "../secret.txt" | quote }}}\n',
    };
    expect((await bed.render({ files })).manifests).toMatchObject([{ data: { own: 'own', other: '' } }]);
  });

  it('sees nothing of the environment', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'leak';
    const template =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {home: {{ tpl "{{ .Values.x }}" . | quote }}}\n';
    const files = { ...chart, 'app/values.yaml': 'x: $AWS_SECRET_ACCESS_KEY\n', 'app/templates/cm.yaml': template };
    const parameters = [{ name: 'y', value: '$AWS_SECRET_ACCESS_KEY$HOME', forceString: true }];
    expect(JSON.stringify((await bed.render({ files, source: helm({ parameters }) })).manifests)).not.toContain('leak');
    expect(bed.ran.at(-1)?.args).toContain('y=');
    delete process.env['AWS_SECRET_ACCESS_KEY'];
  });
});
