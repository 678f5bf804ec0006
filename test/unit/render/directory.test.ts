import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DirectoryOptions } from '../../../shared/model/application.ts';
import type { TestFiles } from './folder-tree.ts';
import { names, openRenderBed, type RenderBed, type Rendered } from './render-bed.ts';

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
let bed: RenderBed;
beforeAll(async () => {
  bed = await openRenderBed();
});
afterAll(() => bed.close());

const render = (files: TestFiles, directory: Partial<DirectoryOptions> = {}): Promise<Rendered> =>
  bed.render({ files, source: { directory: { recurse: false, disableExtensionFilter: false, ...directory } } });
const namesIn = async (files: TestFiles, directory: Partial<DirectoryOptions> = {}): Promise<readonly string[]> =>
  names((await render(files, directory)).manifests).map((name) => name.slice('ConfigMap/'.length));

describe('a folder of manifests', () => {
  const files: TestFiles = {
    'app/a.yaml': configMap('a'),
    'app/b.yml': configMap('b'),
    'app/c.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}',
    'app/d.txt': configMap('d'),
    'app/deep/e.yaml': configMap('e'),
    'app/deep/er/f.yaml': configMap('f'),
    'other/g.yaml': configMap('g'),
  };

  it.each<[string, Partial<DirectoryOptions>, readonly string[]]>([
    ['reads .yaml, .yml and .json of the folder itself', {}, ['a', 'b', 'c']],
    ['reads everything below it when it recurses', { recurse: true }, ['a', 'b', 'c', 'e', 'f']],
    ['reads files of any name without the extension filter', { disableExtensionFilter: true }, ['a', 'b', 'c', 'd']],
    ['reads only what is included', { recurse: true, include: '{b.yml,deep/*}' }, ['b', 'e', 'f']],
    [
      'leaves out what is excluded, and excludes before it includes',
      { recurse: true, include: '*.yaml', exclude: 'deep/*' },
      ['a'],
    ],
    ['lets a star match slashes, as Argo CD does', { recurse: true, include: '*f.yaml' }, ['f']],
    ['reads character classes', { include: '[!ac].*' }, ['b']],
  ])('%s', async (_, options, wanted) => {
    expect(await namesIn(files, options)).toEqual(wanted);
  });

  it('runs no program', async () => {
    await render(files);
    expect(bed.ran).toEqual([]);
  });

  it('reads UTF-16 and UTF-8 with byte order marks', async () => {
    const utf16 = Buffer.from(`\ufeff${configMap('wide')}`, 'utf16le');
    expect(
      await namesIn({
        'app/a.yaml': utf16,
        'app/b.yaml': `\ufeff${configMap('b')}`,
        'app/c.yaml': Buffer.from(utf16).swap16(),
      }),
    ).toEqual(['b', 'wide']);
  });

  it('is rendered in canonical order, whatever the order of files and documents', async () => {
    const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: z}\n';
    const one = await render({ 'app/1.yaml': `${role}---\n${configMap('b')}---\n${configMap('a')}` });
    const other = await render({ 'app/1.yaml': configMap('a'), 'app/2.yaml': configMap('b'), 'app/3.yaml': role });
    expect(names(one.manifests)).toEqual(['ConfigMap/a', 'ConfigMap/b', 'Role/r']);
    expect(one.digest).toBe(other.digest);
  });

  it('uses the last of two objects with one identity, and says so', async () => {
    const { manifests, warnings } = await render({
      'app/a.yaml': configMap('a'),
      'app/b.yaml': `${configMap('a')}data: {b: b}\n`,
    });
    expect(manifests).toMatchObject([{ data: { b: 'b' } }]);
    expect(warnings).toEqual(['ConfigMap a is written more than once; the last one is used']);
  });
});

describe('files that are no manifests', () => {
  it.each([
    [
      'values of a chart',
      'replicas: 2\nimage: nginx\n',
      'app/x.yaml is skipped, because it is no manifest: app/x.yaml:1: object: kind is missing',
    ],
    ['a template', '{{- if .x }}\na: b\n{{ end }}', 'app/x.yaml is skipped, because it is no manifest: app/x.yaml:'],
    ['bytes', Buffer.from([0x80, 0xff, 0x00]), 'app/x.yaml is skipped: it is not text'],
  ])('are skipped with a warning: %s', async (_, content, warning) => {
    const { manifests, warnings } = await render({ 'app/a.yaml': configMap('a'), 'app/x.yaml': content });
    expect(names(manifests)).toEqual(['ConfigMap/a']);
    expect(warnings).toEqual([expect.stringContaining(warning)]);
  });

  it.each([
    ['empty', ''],
    ['only comments', '# nothing here\n'],
    ['with the marker', `# +argocd:skip-file-rendering\n${configMap('x')}`],
  ])('are passed over: %s', async (_, content) => {
    expect(await render({ 'app/a.yaml': configMap('a'), 'app/x.yaml': content })).toMatchObject({ warnings: [] });
  });

  it.each([
    ['looks like a manifest', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\n', /^app\/x\.yaml:/],
    ['breaks off after an object', `${configMap('a')}---\n{{ broken\n`, /^app\/x\.yaml:\d+: /],
    [
      'has an object without a name',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n',
      /ConfigMap: metadata\.name is missing/,
    ],
  ])('fail the render where a file %s', async (_, content, message) => {
    await expect(render({ 'app/x.yaml': content })).rejects.toMatchObject({
      code: 'manifest-invalid',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['two objects', '{"a":1}{"a":2}'],
    ['broken JSON', '{"apiVersion":'],
    ['no object of Kubernetes', '{"a":1}'],
  ])('fail the render where a .json file holds %s', async (_, content) => {
    await expect(render({ 'app/x.json': content })).rejects.toMatchObject({
      code: 'manifest-invalid',
      message: expect.stringContaining('app/x.json'),
    });
  });

  it('fail the render where they are jsonnet', async () => {
    await expect(render({ 'app/x.jsonnet': '{}' })).rejects.toMatchObject({
      code: 'render-refused',
      object: 'app/x.jsonnet',
    });
  });

  it('fail the render where they are larger than 10 MB together', async () => {
    const large = `${configMap('a')}data:\n  x: ${'x'.repeat(6_000_000)}\n`;
    await expect(render({ 'app/a.yaml': large, 'app/b.yaml': large })).rejects.toMatchObject({
      code: 'render-refused',
      message: expect.stringContaining('larger than 10 MB together, up to app/b.yaml'),
    });
  });
});

describe('the path of a folder', () => {
  it.each(['missing', 'app/a.yaml', 'app/deep/none'])('is an error when it is no folder: %s', async (path) => {
    const files = { 'app/a.yaml': configMap('a') };
    await expect(bed.render({ files, source: { path } })).rejects.toMatchObject({
      code: 'git-path-unknown',
      message: expect.stringContaining(path),
    });
  });

  it.each(['.', './', ''])('may be the root: %j', async (path) => {
    expect(names((await bed.render({ files: { 'a.yaml': configMap('a') }, source: { path } })).manifests)).toEqual([
      'ConfigMap/a',
    ]);
  });
});
