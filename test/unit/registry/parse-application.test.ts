import { describe, expect, it } from '@jest/globals';
import type { Application } from '../../../shared/model/application.ts';
import { type ParsedApplication, parseApplication } from '../../../shared/registry/parse-application.ts';
import { applicationText, destination, manifestOf, source } from './yaml-text.ts';

function parse(spec: string): ParsedApplication {
  return parseApplication(manifestOf(applicationText(spec)), 'apps/shop.yaml');
}

function parsed(spec: string): Application {
  return parse(spec).application;
}

describe('an Application', () => {
  it('has all defaults filled in', () => {
    expect(parse(destination + source)).toEqual({
      application: {
        name: 'shop',
        project: 'default',
        labels: {},
        annotations: {},
        finalizers: [],
        destination: { name: 'prod', namespace: 'shop' },
        sources: [{ repoURL: 'https://git.example/shop', path: 'deploy', targetRevision: 'HEAD' }],
        syncPolicy: { syncOptions: [], retry: { limit: 0, backoffMs: 5_000, factor: 2, maxBackoffMs: 180_000 } },
      },
      warnings: [],
    });
  });

  it('keeps labels, annotations and finalizers', () => {
    const text = applicationText(destination + source).replace(
      'metadata:',
      `metadata:
  namespace: argocd
  labels: {team: a}
  annotations: {"plumbline.dev/auto-rollback": "true"}
  finalizers: [resources-finalizer.argocd.argoproj.io]
  creationTimestamp: null`,
    );
    expect(parseApplication(manifestOf(text), 'x').application).toMatchObject({
      labels: { team: 'a' },
      annotations: { 'plumbline.dev/auto-rollback': 'true' },
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    });
  });

  it.each([
    ['true', []],
    ['false', []],
    ['yes', ['plumbline.dev/auto-rollback is "yes" and is ignored; expected "true" or "false"']],
  ])('may say whether it goes back by itself: %s', (value, warned) => {
    const annotation = `metadata:\n  annotations: {"plumbline.dev/auto-rollback": "${value}"}`;
    const text = applicationText(destination + source).replace('metadata:', annotation);
    const { warnings } = parseApplication(manifestOf(text), 'apps/shop.yaml');
    expect(warnings).toEqual(warned.map((message) => `Application shop (apps/shop.yaml): annotation ${message}`));
  });

  it('has sources in place of a source when both are there, whatever the source says', () => {
    const { application, warnings } = parse(`${destination}
source: {repoURL: ''}
sources:
- {repoURL: https://charts.example, chart: redis, targetRevision: ~1.2}
- {repoURL: https://git.example/values, ref: values}`);
    expect(application.sources).toEqual([
      { repoURL: 'https://charts.example', chart: 'redis', targetRevision: '~1.2' },
      { repoURL: 'https://git.example/values', ref: 'values', targetRevision: 'HEAD' },
    ]);
    expect(warnings).toEqual([
      'Application shop (apps/shop.yaml): spec.source is ignored, because spec.sources is given',
    ]);
  });

  it('keeps the nulls of Helm values, and takes every other null as absent', () => {
    const [only] = parsed(`${destination}
syncPolicy: null
sources: null
source:
  repoURL: https://git.example/shop
  path: chart
  helm:
    valueFiles: null
    valuesObject: {redis: {password: null}}`).sources;
    expect(only?.helm).toMatchObject({ valueFiles: [], valuesObject: { redis: { password: null } } });
  });

  it('reads all options of helm', () => {
    const [only] = parsed(`${destination}
source:
  repoURL: https://git.example/shop
  path: chart
  helm:
    version: v3
    releaseName: web
    values: 'a: 1'
    valueFiles: [values-*.yaml]
    parameters: [{name: a, value: "1"}, {name: b, value: "2", forceString: true}]
    fileParameters: [{name: c, path: c.txt}]
    skipCrds: true
    apiVersions: [v1]`).sources;
    expect(only?.helm).toEqual({
      releaseName: 'web',
      values: 'a: 1',
      valueFiles: ['values-*.yaml'],
      parameters: [
        { name: 'a', value: '1', forceString: false },
        { name: 'b', value: '2', forceString: true },
      ],
      fileParameters: [{ name: 'c', path: 'c.txt' }],
      ignoreMissingValueFiles: false,
      skipCrds: true,
      skipTests: false,
      skipSchemaValidation: false,
      passCredentials: false,
      apiVersions: ['v1'],
    });
  });

  it('reads options of kustomize and of a directory', () => {
    const { sources } = parsed(`${destination}
sources:
- repoURL: https://git.example/shop
  path: a
  kustomize:
    images: [web=web:2]
    replicas: [{name: web, count: 2}, {name: api, count: "3"}]
    patches: [{patch: '[]', target: {kind: Deployment}, options: {allowNameChange: true}}]
- repoURL: https://git.example/shop
  path: b
  directory: {recurse: true, exclude: '*.test.yaml', jsonnet: {}}`);
    expect(sources[0]?.kustomize).toMatchObject({
      images: ['web=web:2'],
      replicas: [
        { name: 'web', count: 2 },
        { name: 'api', count: 3 },
      ],
      patches: [{ patch: '[]', target: { kind: 'Deployment' }, options: { allowNameChange: true } }],
      commonLabels: {},
    });
    expect(sources[1]?.directory).toEqual({ recurse: true, exclude: '*.test.yaml', disableExtensionFilter: false });
  });

  it.each([
    ['is off without automated', '{}', undefined],
    ['is on with an empty automated', '{automated: {}}', { prune: false, selfHeal: false, allowEmpty: false }],
    [
      'is on when enabled',
      '{automated: {enabled: true, prune: true}}',
      { prune: true, selfHeal: false, allowEmpty: false },
    ],
    ['is off when not enabled', '{automated: {enabled: false, prune: true}}', undefined],
  ])('automated sync %s', (_, policy, expected) => {
    expect(parsed(`${destination}${source}\nsyncPolicy: ${policy}`).syncPolicy.automated).toEqual(expected);
  });

  it.each([
    ['{}', { limit: 0, backoffMs: 5_000, factor: 2, maxBackoffMs: 180_000 }],
    ['{automated: {}}', { limit: 5, backoffMs: 5_000, factor: 2, maxBackoffMs: 180_000 }],
    ['{automated: {enabled: false}}', { limit: 0 }],
    ['{automated: {}, retry: {limit: 0}}', { limit: 0 }],
    ['{retry: {limit: -1}}', { limit: -1 }],
    ['{automated: {}, retry: {backoff: {duration: 1m30s}}}', { limit: 5, backoffMs: 90_000, maxBackoffMs: 180_000 }],
    [
      '{retry: {backoff: {duration: 10, factor: 3, maxDuration: "60"}}}',
      { backoffMs: 10_000, factor: 3, maxBackoffMs: 60_000 },
    ],
  ])('retries of %s are as Argo CD has them', (policy, expected) => {
    expect(parsed(`${destination}${source}\nsyncPolicy: ${policy}`).syncPolicy.retry).toMatchObject(expected);
  });
});

const repo = 'repoURL: https://git.example/shop, path: deploy';

const unusable: readonly (readonly [spec: string, message: string])[] = [
  [`destination: {namespace: a}${source}`, 'spec.destination has neither server nor name; expected exactly one'],
  [
    `destination: {name: a, server: https://b}${source}`,
    'spec.destination has both server and name; expected exactly one',
  ],
  [source, 'spec.destination is missing; expected an object'],
  [destination, 'spec has neither source nor sources; expected one of them'],
  [`${destination}\nsource: {path: deploy}`, 'spec.source.repoURL is missing; expected a text'],
  [`${destination}\nsource: {repoURL: '', path: a}`, 'spec.source.repoURL is empty; expected the URL of a repository'],
  [
    `${destination}\nsource: {repoURL: https://git.example/a}`,
    'spec.source has none of path, chart and ref; expected at least one',
  ],
  [
    `${destination}\nsource: {${repo}, targetRevision: 1.10}`,
    'spec.source.targetRevision is a number; expected a text',
  ],
  [
    `${destination}\nsource: {${repo}, helm: {}, kustomize: {}}`,
    'spec.source has more than one of helm, kustomize and directory',
  ],
  [`${destination}\nsource: {${repo}, plugin: {}}`, 'spec.source.plugin is not supported: plugins run programs'],
  [
    `${destination}\nsource: {${repo}, directory: {jsonnet: {tlas: [{name: a}]}}}`,
    'spec.source.directory.jsonnet is not supported: jsonnet',
  ],
  [
    `${destination}\nsource: {${repo}, kustomize: {version: v4}}`,
    'spec.source.kustomize.version is not supported: there is one',
  ],
  [
    `${destination}\nsource: {${repo}, kustomize: {replicas: [{name: a, count: x}]}}`,
    'kustomize.replicas[0].count is not a whole number',
  ],
  [
    `${destination}\nsource: {${repo}, helm: {parameters: [{name: a, value: true}]}}`,
    'spec.source.helm.parameters[0].value is true; expected a text',
  ],
  [
    `${destination}\nsource: {${repo}, helm: {valueFiles: values.yaml}}`,
    'spec.source.helm.valueFiles is a text; expected a list',
  ],
  [
    `${destination}\nsource: {repoURL: https://c.example, chart: a}`,
    'spec.source.targetRevision is missing; expected the version of the chart',
  ],
  [
    `${destination}\nsources: [{repoURL: https://c.example, chart: a, targetRevision: "1", ref: r}]`,
    'spec.sources[0].ref stands beside chart',
  ],
  [`${destination}\nsources: [{${repo}, ref: a/b}]`, 'spec.sources[0].ref has other characters than'],
  [`${destination}\nsources: [{${repo}, ref: a}, {${repo}, ref: a}]`, 'spec.sources has the ref "a" more than once'],
  [
    `${destination}${source}\nsourceHydrator: {}`,
    'spec.sourceHydrator is not supported: sync the branch that it writes to',
  ],
  [`${destination}${source}\nsyncPolicy: {automated: true}`, 'spec.syncPolicy.automated is true; expected an object'],
  [
    `${destination}${source}\nsyncPolicy: {automated: {prune: "yes"}}`,
    'spec.syncPolicy.automated.prune is a text; expected true or false',
  ],
  [
    `${destination}${source}\nsyncPolicy: {retry: {backoff: {duration: 5 s}}}`,
    'backoff.duration is "5 s"; expected a duration such as 5s',
  ],
  [
    `${destination}${source}\nsyncPolicy: {syncOptions: [1]}`,
    'spec.syncPolicy.syncOptions[0] is a number; expected a text',
  ],
];

describe('an Application that cannot be used', () => {
  it.each(unusable.map(([spec, message]) => [message, spec]))('says where and why: %s', (message = '', spec = '') => {
    expect(() => parse(spec)).toThrow(
      expect.objectContaining({
        code: 'application-invalid',
        object: 'Application shop',
        message: expect.stringContaining(message),
        hint: expect.stringMatching(/^(Correct it in apps\/shop\.yaml|Put the value)/),
      }),
    );
    expect(() => parse(spec)).toThrow('Application shop (apps/shop.yaml): ');
  });

  it('names everything that is wrong at once', () => {
    expect(() => parse(`${destination}\nsource: {path: 1}\nproject: 2`)).toThrow(
      `Application shop (apps/shop.yaml):
  spec.project is a number; expected a text
  spec.source.repoURL is missing; expected a text
  spec.source.path is a number; expected a text`,
    );
  });

  it('says that a number or a truth value has to be in quotes', () => {
    expect(() => parse(`${destination}\nsource: {${repo}, targetRevision: 1.10}`)).toThrow(
      expect.objectContaining({ hint: 'Put the value of spec.source.targetRevision in quotes.' }),
    );
  });

  it.each(['Shop', 'shop_1', '-shop', 'shop.', 'a..b', 'a'.repeat(254)])('refuses the name %s', (name) => {
    const text = applicationText(destination + source, name);
    expect(() => parseApplication(manifestOf(text), 'x')).toThrow(
      /metadata\.name is (".*"; expected lower-case|longer than)/,
    );
  });

  it('refuses a password in a URL without showing it', () => {
    const spec = `${destination}\nsource: {repoURL: https://user:hunter2@git.example/a, path: a}`;
    expect(() => parse(spec)).toThrow('spec.source.repoURL has a password in it');
    expect(() => parse(spec)).not.toThrow(/hunter2/);
  });

  it('never shows a value of the wrong type', () => {
    const spec = `${destination}\nsource: {${repo}, helm: {parameters: [{name: password, value: 123456}]}}`;
    expect(() => parse(spec)).not.toThrow(/123456/);
  });
});

const withoutEffect: readonly (readonly [spec: string, warning: string])[] = [
  [
    `${destination}\nsource: {${repo}, targetRevison: main}`,
    'spec.source.targetRevison is not a known field and is ignored; did you mean targetRevision?',
  ],
  [
    `${destination}${source}\nsyncpolicy: {}`,
    'spec.syncpolicy is not a known field and is ignored; did you mean syncPolicy?',
  ],
  [
    `${destination}${source}\nsyncPolicy: {automated: {selfheal: true}}`,
    'spec.syncPolicy.automated.selfheal is not a known field and is ignored; did you mean selfHeal?',
  ],
  [
    `${destination}\nsources: [{${repo}, helm: {something: 1}}]`,
    'spec.sources[0].helm.something is not a known field and is ignored',
  ],
  [
    `${destination}${source}\nignoreDifferences: [{kind: Deployment}]`,
    'spec.ignoreDifferences is not supported yet and is ignored',
  ],
  [
    `${destination}${source}\nsyncPolicy: {syncOptions: [CreateNamepace=true]}`,
    'sync option "CreateNamepace=true" is not known and is ignored; did you mean CreateNamespace?',
  ],
  [
    `${destination}${source}\nsyncPolicy: {syncOptions: [CreateNamespace]}`,
    'sync option "CreateNamespace" has no value and is ignored',
  ],
];

describe('a field without effect', () => {
  it.each(withoutEffect.map(([spec, warning]) => [warning, spec]))(
    'is named in a warning: %s',
    (warning = '', spec = '') => {
      expect(parse(spec).warnings).toEqual([expect.stringContaining(`Application shop (apps/shop.yaml): ${warning}`)]);
    },
  );

  it('is not warned of where any field may stand, or where Argo CD writes it itself', () => {
    const text = `${applicationText(`${destination}
info: [{name: a, value: b}]
revisionHistoryLimit: 3
ignoreDifferences: []
source:
  ${repo.replace(', ', '\n  ')}
  helm: {valuesObject: {anything: {goes: 1}}}`)}
status: {sync: {status: Synced}}`;
    expect(parseApplication(manifestOf(text), 'x').warnings).toEqual([]);
  });
});
