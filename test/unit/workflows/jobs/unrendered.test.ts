import { describe, expect, it } from '@jest/globals';
import { defaultProject } from '../../../../shared/model/project.ts';
import type { WantedByGit } from '../../../../shared/model/wanted.ts';
import { keys } from '../../../../shared/state/keys.ts';
import { specOf } from '../../../../shared/state/wanted.ts';
import { isFloating, isStale, isTroubled } from '../../../../shared/workflows/jobs/unrendered.ts';
import { shop } from '../../plan/samples.ts';

const followed = { declared: { application: shop, origin: 'control' }, project: defaultProject };
const spec = specOf(shop, defaultProject);
const rendered = { spec, sources: [], renderDigest: 'A', warnings: [], tools: { helm: 'v4', kustomize: 'v5' } };
const problem = { spec, message: 'there is no such path' };
const kept = (content: Partial<WantedByGit> | undefined) => ({
  valueOf: (key: string) =>
    key !== keys.wantedOf('default', 'shop') || content === undefined
      ? undefined
      : { application: 'shop', project: 'default', at: '', origin: '', ...content },
});

describe('An application', () => {
  it.each<[string, Partial<WantedByGit> | undefined, boolean]>([
    ['that nobody has rendered', undefined, true],
    ['that is rendered as it is declared', { rendered }, false],
    ['that was rendered as it was declared before', { rendered: { ...rendered, spec: 'before' } }, true],
    ['that came to nothing as it is declared', { rendered: { ...rendered, spec: 'before' }, problem }, false],
    ['that came to nothing as it was declared before', { problem: { ...problem, spec: 'before' } }, true],
  ])('%s: is it stale? %3$s', (_what, content, wanted) => {
    expect(isStale(followed, kept(content))).toBe(wanted);
  });

  it('is troubled while its newest commit comes to nothing', () => {
    expect(isTroubled(followed, kept({ rendered, problem }))).toBe(true);
    expect(isTroubled(followed, kept({ rendered }))).toBe(false);
    expect(isTroubled(followed, kept(undefined))).toBe(false);
  });

  it.each([
    ['1.2.3', false],
    ['v1.2.3', false],
    ['1.2.3-rc.1', false],
    ['1.2.3+build.5', false],
    ['1.2.x', true],
    ['1.2', true],
    ['^1.2.3', true],
    ['1.2.3 - 1.4.0', true],
    ['1.2.3 || 2.0.0', true],
    ['*', true],
    ['', true],
  ])('with a chart of version %j floats: %s', (targetRevision, wanted) => {
    const source = { repoURL: 'https://charts.test', chart: 'web', targetRevision };
    expect(isFloating({ ...shop, sources: [source] })).toBe(wanted);
  });

  it('of Git does not float, whatever it follows', () => {
    expect(isFloating({ ...shop, sources: [{ repoURL: 'https://git/x', path: 'app', targetRevision: '*' }] })).toBe(
      false,
    );
  });
});
