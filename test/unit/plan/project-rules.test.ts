import { describe, expect, it } from '@jest/globals';
import type { ObjectRef } from '../../../shared/model/object-ref.ts';
import { defaultProject, type Project, type ProjectDestination } from '../../../shared/model/project.ts';
import { forbiddenDestination, forbiddenObject, forbiddenSource } from '../../../shared/plan/project-rules.ts';

const closed: Project = {
  name: 'shop',
  description: '',
  sourceRepos: [],
  destinations: [],
  clusterResourceWhitelist: [],
  clusterResourceBlacklist: [],
  namespaceResourceBlacklist: [],
};

const deployment: ObjectRef = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
const role: ObjectRef = { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', namespace: '', name: 'reader' };

describe('source repositories', () => {
  it.each<[patterns: string[], url: string, allowed: boolean]>([
    [['*'], 'https://git/any/thing', true],
    [[], 'https://git/shop', false],
    [['https://git/shop'], 'https://git/shop.git', true],
    [['https://git/shop.git'], 'HTTPS://Git/Shop', true],
    [['ssh://git@git/shop'], 'git@git:shop.git', true],
    [['https://git/group/*'], 'https://git/group/repo/deep', false],
    [['https://git/group/**'], 'https://git/group/repo/deep', true],
    [['*', '!https://git/secret/*'], 'https://git/secret/repo', false],
    [['!https://git/secret/*', '*'], 'https://git/open/repo', true],
    [['!https://git/secret/*'], 'https://git/open/repo', false],
    [['*', '!https://git/[a'], 'https://git/open/repo', false],
  ])('%j and %s: %s', (sourceRepos, url, allowed) => {
    expect(forbiddenSource({ ...closed, sourceRepos }, url) === undefined).toBe(allowed);
  });

  it('names the project, the field and the list, and no password', () => {
    const project = { ...closed, sourceRepos: ['https://git/shop'] };
    expect(forbiddenSource(project, 'https://me:pa55@git/cart')).toBe(
      'project shop (sourceRepos) does not allow https://git/cart; the list has https://git/shop',
    );
  });
});

describe('destinations', () => {
  const server = 'https://prod';
  it.each<[rules: ProjectDestination[], namespace: string, allowed: boolean]>([
    [[], 'shop', false],
    [[{ server, namespace: 'shop' }], 'shop', true],
    [[{ server, namespace: 'shop' }], 'cart', false],
    [[{ server: '*', namespace: 'shop-*' }], 'shop-1', true],
    [[{ name: 'prod', namespace: '*' }], 'shop', true],
    [[{ name: 'dev', namespace: '*' }], 'shop', false],
    [[{ server: 'https://*', namespace: '*' }], 'shop', true],
    [[{ server, namespace: '!kube-system' }], 'shop', true],
    [[{ server, namespace: '!kube-system' }], 'kube-system', false],
    [
      [
        { server: '*', namespace: '*' },
        { server: '*', namespace: '!kube-*' },
      ],
      'kube-public',
      false,
    ],
    [
      [
        { server: '!https://prod', namespace: '*' },
        { server: '*', namespace: '*' },
      ],
      'shop',
      false,
    ],
    [[{ server: '!https://other', namespace: '*' }], 'shop', true],
    [[{ server, namespace: '![a' }], 'shop', false],
  ])('%j and namespace %s: %s', (destinations, namespace, allowed) => {
    const reason = forbiddenDestination({ ...closed, destinations }, { server, name: 'prod', namespace });
    expect(reason === undefined).toBe(allowed);
  });

  it('denies a cluster of unknown name where a name is denied', () => {
    const destinations = [
      { server: '*', namespace: '*' },
      { name: '!prod', namespace: '*' },
    ];
    expect(forbiddenDestination({ ...closed, destinations }, { server, namespace: 'shop' })).toBe(
      'project shop (destinations) denies namespace "shop" of cluster https://prod by name "!prod"',
    );
  });
});

describe('kinds', () => {
  it('denies cluster-scoped kinds that are not listed', () => {
    expect(forbiddenObject(closed, role, false)).toBe(
      'project shop (clusterResourceWhitelist) does not allow cluster-scoped kind ClusterRole.rbac.authorization.k8s.io (reader); the list is empty',
    );
  });

  it('allows namespaced kinds without a list, and none with an empty one', () => {
    expect(forbiddenObject(closed, deployment, true)).toBeUndefined();
    expect(forbiddenObject({ ...closed, namespaceResourceWhitelist: [] }, deployment, true)).toContain(
      'the list is empty',
    );
  });

  it.each<[string, Partial<Project>, boolean]>([
    ['listed', { clusterResourceWhitelist: [{ group: '*', kind: 'ClusterRole' }] }, true],
    ['listed by glob', { clusterResourceWhitelist: [{ group: 'rbac.*', kind: 'Cluster*' }] }, true],
    ['of another group', { clusterResourceWhitelist: [{ group: '', kind: 'ClusterRole' }] }, false],
    ['listed by its name', { clusterResourceWhitelist: [{ group: '*', kind: '*', name: 'read*' }] }, true],
    ['listed by another name', { clusterResourceWhitelist: [{ group: '*', kind: '*', name: 'write*' }] }, false],
    [
      'listed and denied',
      {
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
        clusterResourceBlacklist: [{ group: '*', kind: 'ClusterRole' }],
      },
      false,
    ],
  ])('judges a cluster-scoped kind that is %s', (_title, lists, allowed) => {
    expect(forbiddenObject({ ...closed, ...lists }, role, false) === undefined).toBe(allowed);
  });

  it('denies namespaced kinds of the blacklist', () => {
    const project = { ...closed, namespaceResourceBlacklist: [{ group: 'apps', kind: '*' }] };
    expect(forbiddenObject(project, deployment, true)).toContain('(namespaceResourceBlacklist) denies');
  });
});

describe('the default project', () => {
  it('allows everything', () => {
    expect(forbiddenSource(defaultProject, 'https://any/where')).toBeUndefined();
    expect(forbiddenDestination(defaultProject, { server: 'https://any', namespace: 'any' })).toBeUndefined();
    expect(forbiddenObject(defaultProject, role, false)).toBeUndefined();
    expect(forbiddenObject(defaultProject, deployment, true)).toBeUndefined();
  });
});
