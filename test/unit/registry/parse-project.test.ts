import { describe, expect, it } from '@jest/globals';
import { type ParsedProject, parseProject } from '../../../shared/registry/parse-project.ts';
import { manifestOf, projectText } from './yaml-text.ts';

function parse(spec: string): ParsedProject {
  return parseProject(manifestOf(projectText(spec)), 'team.yaml');
}

describe('an AppProject', () => {
  it('permits nothing that it does not name, but all namespaced kinds', () => {
    expect(parse('description: a')).toEqual({
      project: {
        name: 'team',
        description: 'a',
        sourceRepos: [],
        destinations: [],
        clusterResourceWhitelist: [],
        clusterResourceBlacklist: [],
        namespaceResourceBlacklist: [],
      },
      warnings: [],
    });
  });

  it('tells an empty list of namespaced kinds from none', () => {
    expect(parse('namespaceResourceWhitelist: []').project.namespaceResourceWhitelist).toEqual([]);
    expect(parse('namespaceResourceWhitelist: null').project).not.toHaveProperty('namespaceResourceWhitelist');
  });

  it('keeps all rules as written', () => {
    const { project } = parse(`
sourceRepos: ['https://git.example/*', '!https://git.example/secret']
destinations: [{server: '*', namespace: shop-*}, {name: prod, namespace: shop}]
clusterResourceWhitelist: [{group: '', kind: Namespace, name: shop-*}]
namespaceResourceBlacklist: [{kind: Secret}]`);
    expect(project).toMatchObject({
      sourceRepos: ['https://git.example/*', '!https://git.example/secret'],
      destinations: [
        { server: '*', namespace: 'shop-*' },
        { name: 'prod', namespace: 'shop' },
      ],
      clusterResourceWhitelist: [{ group: '', kind: 'Namespace', name: 'shop-*' }],
      namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }],
    });
  });

  it.each([
    ['sourceRepos: "*"', 'spec.sourceRepos is a text; expected a list'],
    ['destinations: [{namespace: 1}]', 'spec.destinations[0].namespace is a number; expected a text'],
    ['clusterResourceWhitelist: [{group: "*"}]', 'spec.clusterResourceWhitelist[0].kind is missing; expected a text'],
    ['sourceIntegrity: {git: {}}', 'spec.sourceIntegrity is not supported: signatures of commits are not checked yet'],
    ['signatureKeys: [{keyID: A}]', 'spec.signatureKeys is not supported: signatures of commits are not checked yet'],
  ])('that says %s cannot be used', (spec, message) => {
    expect(() => parse(spec)).toThrow(
      expect.objectContaining({
        code: 'application-invalid',
        message: `AppProject team (team.yaml): ${message}`.concat(rest(message)),
      }),
    );
  });

  it.each([
    ['syncWindows: [{kind: deny}]', 'spec.syncWindows has no effect: syncs are not held back by windows yet'],
    ['roles: [{name: ci}]', 'spec.roles has no effect: who may do what is decided by the rights of whoever runs plumb'],
    [
      'permitOnlyProjectScopedClusters: true',
      'spec.permitOnlyProjectScopedClusters has no effect: clusters are limited by',
    ],
    ['sourceRepo: []', 'spec.sourceRepo is not a known field and is ignored; did you mean sourceRepos?'],
  ])('that says %s is used with a warning', (spec, warning) => {
    expect(parse(spec).warnings).toEqual([expect.stringContaining(`AppProject team (team.yaml): ${warning}`)]);
  });

  it('is used without a warning when what has no effect asks for nothing', () => {
    expect(
      parse('signatureKeys: []\nroles: []\nsyncWindows: []\npermitOnlyProjectScopedClusters: false').warnings,
    ).toEqual([]);
  });
});

function rest(message: string): string {
  return message.endsWith('yet') ? '; remove the field to deploy commits whether or not signed' : '';
}
