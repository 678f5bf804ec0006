import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Application } from '../../../shared/model/application.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { dependsOnPaths, generatePathsAnnotation } from '../../../shared/plan/generate-paths.ts';
import { parseApplication } from '../../../shared/registry/parse-application.ts';

const repoURL = 'https://git.example/team/shop.git';

function application(paths: string | undefined, ...folders: readonly string[]): Application {
  const sources = folders.map((path) => ({ repoURL, path, targetRevision: 'main' }));
  const annotations = paths === undefined ? {} : { [generatePathsAnnotation]: paths };
  const manifest = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', annotations },
    spec: { project: 'default', destination: { name: 'prod', namespace: 'shop' }, sources },
  };
  return parseApplication(manifest as unknown as Manifest, 'the test').application;
}

describe('manifest-generate-paths', () => {
  // After the table of Test_AppFilesHaveChanged in Argo CD's util/app/path, and what its documentation promises.
  const rows: readonly (readonly [
    what: string,
    annotation: string | undefined,
    folder: string,
    changed: string,
    expected: boolean,
  ])[] = [
    ['no annotation: anything', undefined, 'shop', 'readme.md', true],
    ['an empty one: anything', '', 'shop', 'readme.md', true],
    ['nothing but dividers: anything', ' ; ;', 'shop', 'readme.md', true],
    ['the source: a file in it', '.', 'shop', 'shop/a.yaml', true],
    ['the source: a file below it', '.', 'shop', 'shop/deep/er/a.yaml', true],
    ['the source: a file beside it', '.', 'shop', 'web/a.yaml', false],
    ['the source: a folder whose name begins so', '.', 'shop', 'shop-two/a.yaml', false],
    ['the source, written another way', '././', './shop/', 'shop/a.yaml', true],
    ['a source at the root: anything', '.', '.', 'readme.md', true],
    ['a file of the source', 'values.yaml', 'shop', 'shop/values.yaml', true],
    ['a file of that name at the root', 'values.yaml', 'shop', 'values.yaml', false],
    ['a path from the root', '/shared', 'shop', 'shared/a.yaml', true],
    ['a path from the root, not in the source', '/shared', 'shop', 'shop/shared/a.yaml', false],
    ['a path from the root, without the source', '/shared', 'shop', 'shop/a.yaml', false],
    ['a file from the root', '/versions.yaml', 'shop', 'versions.yaml', true],
    ['the root: anything', '/', 'shop', 'readme.md', true],
    ['a folder beside the source', '../shared', 'apps/shop', 'apps/shared/a.yaml', true],
    ['a folder beside the source, elsewhere', '../shared', 'apps/shop', 'shared/a.yaml', false],
    ['above the root is the root', '../../..', 'shop', 'readme.md', true],
    ['one of several', '.;/shared;../base', 'apps/shop', 'apps/base/a.yaml', true],
    ['one of several, with blanks', ' . ; /shared ', 'apps/shop', 'shared/a.yaml', true],
    ['none of several', '.;/shared;../base', 'apps/shop', 'apps/web/a.yaml', false],
    ['a glob', '*.yaml', 'shop', 'shop/a.yaml', true],
    ['a glob stops at a folder', '*.yaml', 'shop', 'shop/deep/a.yaml', false],
    ['a glob has no double star', '**/a.yaml', 'shop', 'shop/deep/er/a.yaml', false],
    ['a glob from the root', '/apps/*/values-*.yaml', 'shop', 'apps/web/values-prod.yaml', true],
    ['a glob from the root, other name', '/apps/*/values-*.yaml', 'shop', 'apps/web/base.yaml', false],
    ['a class', '/apps/[a-c]*/x', 'shop', 'apps/bee/x', true],
    ['a negated class', '/apps/[^a-c]*/x', 'shop', 'apps/bee/x', false],
    ['one character', '/env?/x', 'shop', 'env1/x', true],
    ['a malformed glob is taken as it is written', '/[a', 'shop', '[a/x.yaml', true],
    ['a malformed glob matches nothing else', '/[a', 'shop', 'a/x.yaml', false],
    ['a changed path with a slash in front', '.', 'shop', '/shop/a.yaml', true],
  ];
  it.each(rows)('%s', (_what, annotation, folder, changed, expected) => {
    expect(dependsOnPaths(application(annotation, folder), [changed])).toBe(expected);
  });

  it('is relative to each of several sources', () => {
    const both = application('.', 'shop', 'web');
    expect(dependsOnPaths(both, ['web/a.yaml'])).toBe(true);
    expect(dependsOnPaths(both, ['shop/a.yaml'])).toBe(true);
    expect(dependsOnPaths(both, ['base/a.yaml'])).toBe(false);
  });

  it('says nothing where no changed path is known', () => {
    expect(dependsOnPaths(application('.', 'shop'), [])).toBe(true);
  });

  const segment = fc.stringMatching(/^[a-z][a-z\d._-]{0,6}$/);
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((steps) => steps.join('/'));

  it('never keeps a change below the source from an application without it', () => {
    fc.assert(
      fc.property(path, path, (folder, file) => {
        expect(dependsOnPaths(application(undefined, folder), [`${folder}/${file}`])).toBe(true);
      }),
    );
  });

  it('never keeps a change below a named path from the application, whatever else changed or is named', () => {
    fc.assert(
      fc.property(path, path, path, fc.array(path), fc.array(path), (folder, named, file, others, changed) => {
        const shop = application([...others, `/${named}`].join(';'), folder);
        expect(dependsOnPaths(shop, [...changed, `${named}/${file}`])).toBe(true);
        const relative = application([...others, named].join(';'), folder);
        expect(dependsOnPaths(relative, [...changed, `${folder}/${named}/${file}`])).toBe(true);
      }),
    );
  });

  it('answers whatever is written in it', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (annotation, changed) => {
        expect([true, false]).toContain(dependsOnPaths(application(annotation, 'shop'), changed));
      }),
    );
  });
});
