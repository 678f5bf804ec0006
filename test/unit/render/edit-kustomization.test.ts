import { describe, expect, it } from '@jest/globals';
import type { KustomizeOptions } from '../../../shared/model/application.ts';
import type { JsonObject } from '../../../shared/model/json.ts';
import { editKustomization, parseImage } from '../../../shared/render/edit-kustomization.ts';
import { noKustomizeOptions } from '../../../shared/render/source-options.ts';

const edit = (before: JsonObject, options: Partial<KustomizeOptions>): JsonObject =>
  editKustomization(before, { ...noKustomizeOptions, ...options }, {});

describe('an image override', () => {
  it.each([
    ['nginx:1.2', { name: 'nginx', newTag: '1.2' }],
    ['reg:5000/nginx:1.2', { name: 'reg:5000/nginx', newTag: '1.2' }],
    ['nginx@sha256:ab', { name: 'nginx', digest: 'sha256:ab' }],
    ['nginx=reg:5000/x', { name: 'nginx', newName: 'reg:5000/x' }],
    ['nginx=reg:5000/x:2', { name: 'nginx', newName: 'reg:5000/x', newTag: '2' }],
    ['nginx=x@sha256:ab', { name: 'nginx', newName: 'x', digest: 'sha256:ab' }],
    ['a/b=c:*', { name: 'a/b', newName: 'c', newTag: '*' }],
  ])('%s is read', (text, wanted) => {
    expect(parseImage(text)).toEqual(wanted);
  });

  it.each(['nginx', 'reg/nginx'])('%s is refused: it changes nothing', (text) => {
    expect(() => parseImage(text)).toThrow('has neither a new name nor a tag or digest');
  });

  it('replaces the one of the same name, keeps what a star stands for, and sorts by name as kustomize does', () => {
    const before = {
      images: [
        { name: 'z', newTag: '1' },
        { name: 'b', newName: 'bb', newTag: '2' },
      ],
    };
    expect(edit(before, { images: ['b=*:3', 'a:1'] })).toEqual({
      images: [
        { name: 'a', newTag: '1' },
        { name: 'b', newName: 'bb', newTag: '3' },
        { name: 'z', newTag: '1' },
      ],
    });
  });
});

describe('an edit of a kustomization', () => {
  it('changes nothing without options', () => {
    const before = { resources: ['a'], namePrefix: 'x-' };
    expect(edit(before, {})).toEqual(before);
  });

  it('adds labels to the entry with the same flags', () => {
    const before = { labels: [{ pairs: { a: '1' }, includeSelectors: true }, { pairs: { b: '1' } }] };
    expect(edit(before, { commonLabels: { c: '1' }, labelWithoutSelector: true })).toEqual({
      labels: [{ pairs: { a: '1' }, includeSelectors: true }, { pairs: { b: '1', c: '1' } }],
    });
    expect(edit(before, { commonLabels: { c: '1' }, labelWithoutSelector: true, labelIncludeTemplates: true })).toEqual(
      {
        labels: [...before.labels, { pairs: { c: '1' }, includeSelectors: false, includeTemplates: true }],
      },
    );
  });

  it('refuses a label that is there, unless it is forced', () => {
    const before = { commonLabels: { a: '1' } };
    expect(() => edit(before, { commonLabels: { a: '2' } })).toThrow('has "a" already');
    expect(edit(before, { commonLabels: { a: '2' }, forceCommonLabels: true })).toEqual({ commonLabels: { a: '2' } });
  });

  it('adds components once, and patches at the end', () => {
    const before = { components: ['../a'], patches: [{ path: 'p.yaml' }] };
    expect(edit(before, { components: ['../a', '../b'], patches: [{ path: 'q.yaml' }] })).toEqual({
      components: ['../a', '../b'],
      patches: [{ path: 'p.yaml' }, { path: 'q.yaml' }],
    });
  });
});
