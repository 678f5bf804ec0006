import { describe, expect, it } from '@jest/globals';
import type { Application, Source } from '../../../../shared/model/application.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import type { Push } from '../../../../shared/model/push.ts';
import { parseApplication } from '../../../../shared/registry/parse-application.ts';
import {
  concernsApplication,
  concernsRef,
  pushesByRepository,
} from '../../../../shared/workflows/serve/concerned-applications.ts';

const repoURL = 'https://git.example/team/shop.git';
const sha = '3f2a1bc0d4e5f60718293a4b5c6d7e8f90a1b2c3';

function push(refs: string | readonly string[], more: Partial<Push> = {}): Push {
  const names = typeof refs === 'string' ? [refs] : refs;
  const moved = names.map((name) => ({ name, deleted: false }));
  return { provider: 'github', repoURLs: [repoURL], refs: moved, defaultBranch: 'main', ...more };
}

type Followed = Pick<Source, 'targetRevision'> & Partial<Source>;

const concerns = (what: Push, source: Followed): boolean => concernsRef(what, { repoURL, ...source });

describe('A push concerns what follows its repository, in any spelling:', () => {
  const told: readonly (readonly [declared: string, inThePayload: string])[] = [
    ['https://git.example/team/shop.git', 'https://git.example/team/shop'],
    ['https://git.example/team/shop', 'https://git.example/team/shop.git'],
    ['https://git.example/team/shop/', 'https://git.example/team/shop.git'],
    ['https://Git.Example/Team/Shop.git', 'https://git.example/team/shop.git'],
    ['https://git.example/team/shop.GIT', 'https://git.example/TEAM/SHOP'],
    ['https://git.example:443/team/shop', 'https://git.example/team/shop'],
    ['https://git.example:8443/team/shop', 'https://git.example/team/shop'],
    ['http://git.example:3000/team/shop.git', 'https://git.example/team/shop.git'],
    ['https://git.example/team/shop', 'ssh://git@git.example:2222/team/shop.git'],
    ['https://git.example/team/shop', 'ssh://git@ssh.git.example/team/shop.git'],
    ['https://git.example/team/shop', 'git@git.example:team/shop.git'],
    ['git@git.example:team/shop.git', 'https://git.example/team/shop'],
    ['ssh://git@git.example/team/shop', 'git@git.example:team/shop.git'],
    ['https://bot:s3cr3t@git.example/team/shop.git', 'https://git.example/team/shop.git'],
    ['http://[::1]:3000/team/shop.git', 'http://[::1]/team/shop'],
  ];
  it.each(told)('%s and %s are one', (declared, inThePayload) => {
    const moved = push('refs/heads/main', { repoURLs: [inThePayload] });
    expect(concernsRef(moved, { repoURL: declared, targetRevision: 'main' })).toBe(true);
    expect(pushesByRepository([moved, moved])([{ repoURL: declared, targetRevision: 'main' }])).toEqual([moved]);
  });

  it('one right address among several is enough', () => {
    const moved = push('refs/heads/main', { repoURLs: ['git@other.example:x.git', repoURL] });
    expect(concerns(moved, { targetRevision: 'main' })).toBe(true);
  });

  const others: readonly string[] = [
    'https://git.example/team/shop-two.git',
    'https://git.example/team/sho',
    'https://git.example/other/shop.git',
    'https://git.example/group/team/shop.git',
    'https://other.example/team/shop.git',
    'https://git.example.evil.example/team/shop.git',
    'https://git.example/team/shop.git/more',
    'https://evil.example/https://git.example/team/shop.git',
  ];
  it.each(others)('%s is another', (inThePayload) => {
    const moved = push('refs/heads/main', { repoURLs: [inThePayload] });
    expect(concerns(moved, { targetRevision: 'main' })).toBe(false);
    expect(pushesByRepository([moved])([{ repoURL, targetRevision: 'main' }])).toEqual([]);
  });
});

describe('A push concerns what follows the ref that it moved:', () => {
  const rows: readonly (readonly [targetRevision: string, ref: string, expected: boolean, source?: Partial<Source>])[] =
    [
      ['main', 'refs/heads/main', true],
      [' main ', 'refs/heads/main', true],
      ['main', 'refs/heads/main-two', false],
      ['main', 'refs/heads/feature/main', false],
      ['Main', 'refs/heads/main', false],
      ['feature/a', 'refs/heads/feature/a', true],
      ['v1.2.3', 'refs/tags/v1.2.3', true],
      ['v1.2.3', 'refs/tags/v1.2.4', false],
      ['release', 'refs/tags/release', true],
      ['release', 'refs/heads/release', true],
      ['refs/heads/release', 'refs/heads/release', true],
      ['refs/heads/release', 'refs/tags/release', false],
      ['refs/tags/release', 'refs/tags/release', true],
      ['refs/tags/release', 'refs/heads/release', false],
      ['pull/7/head', 'refs/pull/7/head', true],
      ['HEAD', 'refs/heads/main', true],
      ['', 'refs/heads/main', true],
      ['HEAD', 'refs/heads/dev', false],
      ['HEAD', 'refs/tags/main', false],
      ['^1.2', 'refs/tags/v1.3.0', true],
      ['^1.2', 'refs/tags/1.3', true],
      ['^1.2', 'refs/tags/v2.0.0', false],
      ['^1.2', 'refs/tags/v1.3.0-rc.1', false],
      ['>=1.2.0-0', 'refs/tags/v1.3.0-rc.1', true],
      ['*', 'refs/tags/nightly', false],
      ['*', 'refs/heads/1.2.3', false],
      ['1.x', 'refs/tags/shop-1.2.0', false],
      ['1.x', 'refs/tags/shop-1.2.0', true, { tagPrefix: 'shop-' }],
      ['1.x', 'refs/tags/shop-v1.2.0', true, { tagPrefix: 'shop-v' }],
      ['1.x', 'refs/tags/web-1.2.0', false, { tagPrefix: 'shop-' }],
      ['1.x', 'refs/tags/1.2.0', false, { tagPrefix: 'shop-' }],
      ['1.x', 'refs/tags/shop-2.0.0', false, { tagPrefix: 'shop-' }],
      ['main', 'refs/heads/main', false, { tagPrefix: 'shop-' }],
      [sha, 'refs/heads/main', false],
      [sha, `refs/heads/${sha}`, false],
      ['1.2.3', 'refs/heads/main', false, { chart: 'shop' }],
      ['*', 'refs/tags/1.2.3', false, { chart: 'shop' }],
    ];
  it.each(rows)('"%s" with %s: %s %j', (targetRevision, ref, expected, source = {}) => {
    expect(concerns(push(ref), { targetRevision, ...source })).toBe(expected);
  });

  it('HEAD with any branch, where the payload does not name the default branch', () => {
    const { defaultBranch: _unknown, ...moved } = push('refs/heads/dev');
    const { defaultBranch: _none, ...tagged } = push('refs/tags/v1');
    expect(concerns(moved, { targetRevision: 'HEAD' })).toBe(true);
    expect(concerns(tagged, { targetRevision: 'HEAD' })).toBe(false);
  });

  it('a ref that was deleted, since what follows it has to know', () => {
    const gone = push([], { refs: [{ name: 'refs/heads/main', deleted: true }] });
    expect(concerns(gone, { targetRevision: 'main' })).toBe(true);
  });

  it('one of many refs is enough', () => {
    expect(concerns(push(['refs/heads/a', 'refs/tags/b', 'refs/heads/main']), { targetRevision: 'main' })).toBe(true);
  });
});

describe('A push concerns an application', () => {
  function application(spec: object, annotations: Readonly<Record<string, string>> = {}): Application {
    const manifest = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'shop', annotations },
      spec: { project: 'default', destination: { name: 'prod', namespace: 'shop' }, ...spec },
    };
    return parseApplication(manifest as unknown as Manifest, 'the test').application;
  }
  const chart = { repoURL: 'https://charts.example', chart: 'shop', targetRevision: '1.2.3' };
  const generatePaths = 'argocd.argoproj.io/manifest-generate-paths';

  it('by any of its sources, those that only give values among them', () => {
    const values = { repoURL, targetRevision: 'values', ref: 'values' };
    const helm = { ...chart, helm: { valueFiles: ['$values/prod.yaml'] } };
    const other = { repoURL: 'https://git.example/team/other.git', path: 'app', targetRevision: 'main' };
    const shop = application({ sources: [helm, values, other] });
    expect(concernsApplication(push('refs/heads/values'), shop)).toBe(true);
    expect(concernsApplication(push('refs/heads/main'), shop)).toBe(false);
    expect(concernsApplication(push('refs/heads/main', { repoURLs: [other.repoURL] }), shop)).toBe(true);
  });

  it('never, when it is all chart', () => {
    const moved = push('refs/tags/1.2.3', { repoURLs: [chart.repoURL] });
    expect(concernsApplication(moved, application({ source: chart }))).toBe(false);
  });

  it('only if a path changed that it says it depends on', () => {
    const source = { repoURL, path: 'shop', targetRevision: 'main' };
    const shop = application({ source }, { [generatePaths]: '.;/shared' });
    const withPaths = (...changedPaths: readonly string[]): Push => push('refs/heads/main', { changedPaths });
    expect(concernsApplication(withPaths('web/a.yaml', 'shop/a.yaml'), shop)).toBe(true);
    expect(concernsApplication(withPaths('shared/a.yaml'), shop)).toBe(true);
    expect(concernsApplication(withPaths('web/a.yaml'), shop)).toBe(false);
    expect(concernsApplication(push('refs/heads/main'), shop)).toBe(true);
    expect(concernsApplication(withPaths('web/a.yaml'), application({ source }))).toBe(true);
  });

  it('not at all, when it says nothing that this one follows', () => {
    const shop = application({ source: { repoURL, path: 'shop', targetRevision: 'main' } });
    expect(concernsApplication(push([]), shop)).toBe(false);
    expect(concernsApplication(push('refs/heads/main', { repoURLs: [] }), shop)).toBe(false);
  });
});
