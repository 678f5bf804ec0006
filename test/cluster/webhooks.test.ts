import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Manifest } from '../../shared/model/manifest.ts';
import { declare } from '../../shared/registry/declare.ts';
import { declareFromGit } from '../../shared/workflows/serve/declare.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { openWebhookBed, type WebhookBed } from '../support/webhook-bed.ts';

let bed: WebhookBed;
beforeEach(async () => {
  bed = await openWebhookBed();
});
afterEach(() => bed.close());

/** The folder of an application with one ConfigMap, both of one name. */
const files = (name: string, v: string): Record<string, string> => ({ [`${name}/a.yaml`]: configMap(name, { v }) });
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

describe('A push reaches', () => {
  it('exactly the applications that follow its repository and branch, each by one question for its refs', async () => {
    await bed.repository('shop', { ...files('one', '1'), ...files('two', '1'), ...files('dev', '1') });
    await bed.repository('web', files('web', '1'));
    await bed.engine.git.git('shop', 'branch', 'dev', 'main');
    bed.declare('one', { repository: 'shop' });
    bed.declare('two', { repository: 'shop', targetRevision: 'HEAD' });
    bed.declare('dev', { repository: 'shop', targetRevision: 'dev' });
    bed.declare('web', { repository: 'web' });
    await bed.serve();
    const others = [await bed.head('dev'), await bed.head('web')];
    bed.forget();
    await bed.engine.git.commit('shop', { files: { ...files('one', '2'), ...files('two', '2') } });
    await Promise.all([bed.arrives('one', '2'), bed.arrives('two', '2')]);
    await bed.rest();
    expect(bed.probes().toSorted()).toEqual(['shop HEAD', 'shop refs/heads/main']);
    expect(bed.engine.git.requests().every(({ repository }) => repository === 'shop')).toBe(true);
    expect([await bed.head('dev'), await bed.head('web')]).toEqual(others);
    expect((await bed.engine.git.deliveries()).at(-1)).toMatchObject({ status: 202, answer: 'accepted' });
  });

  it('its repository in another spelling', async () => {
    await bed.repository('shop', files('one', '1'));
    const repoURL = bed.engine.git
      .url('shop')
      .replace('http://127.0.0.1', 'HTTP://127.0.0.1')
      .replace(/\.git$/, '/');
    bed.declare('one', { repository: 'shop', repoURL });
    await bed.serve();
    await bed.engine.git.commit('shop', { files: files('one', '2') });
    await bed.arrives('one', '2');
  });

  it('nobody but those whose paths changed, where they say which these are', async () => {
    const annotations = { 'argocd.argoproj.io/manifest-generate-paths': '.;/shared' };
    await bed.repository('shop', { ...files('one', '1'), ...files('two', '1'), ...files('all', '1') });
    for (const name of ['one', 'two']) {
      bed.declare(name, { repository: 'shop' });
      const application = bed.engine.application(name, {
        source: { repoURL: bed.engine.git.url('shop'), path: name, targetRevision: 'main' },
        syncPolicy: { automated: {} },
      });
      bed.add({ application: { ...application, annotations }, origin: 'the test' });
    }
    bed.declare('all', { repository: 'shop' });
    await bed.serve();
    const before = await bed.head('two');
    await bed.engine.git.commit('shop', { files: files('one', '2') });
    await bed.arrives('one', '2');
    await bed.rest();
    expect(await bed.head('two')).toEqual(before);
    const sha = await bed.engine.git.commit('shop', { files: { 'shared/x.yaml': 'x: 1' } });
    for (const name of ['one', 'two', 'all'])
      await eventually(
        `${name} is at ${sha}`,
        async () => (await bed.head(name))?.deployed?.sources[0]?.revision === sha,
      );
  });

  it('the application that follows a range of tags, and not for a tag beyond it', async () => {
    const { git } = bed.engine;
    await bed.repository('shop', files('one', '1'));
    await git.tag('shop', 'v1.0.0');
    bed.declare('one', { repository: 'shop', targetRevision: '^1.0' });
    await bed.serve();
    bed.forget();
    await git.commit('shop', { files: files('one', '1.1') });
    await git.tag('shop', 'v2.0.0');
    await git.deliveries();
    await bed.rest();
    expect(bed.probes()).toEqual([]);
    await git.tag('shop', 'v1.1.0', { message: 'annotated' });
    await bed.arrives('one', '1.1');
    await bed.rest();
    expect(bed.probes()).toEqual(['shop refs/tags/']);
  });

  it('an application by a source that only gives values', async () => {
    const { git, namespace } = bed.engine;
    const template = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: one }\ndata: { v: {{ .Values.v | quote }} }\n';
    await bed.repository('charts', {
      'one/Chart.yaml': 'apiVersion: v2\nname: one\nversion: 1.0.0\n',
      'one/templates/a.yaml': template,
    });
    await bed.repository('values', { 'prod.yaml': 'v: first' });
    const sources = [
      {
        repoURL: git.url('charts'),
        path: 'one',
        targetRevision: 'main',
        helm: { valueFiles: ['$values/prod.yaml'], releaseName: namespace },
      },
      { repoURL: git.url('values'), targetRevision: 'main', ref: 'values' },
    ];
    bed.declare('one', { repository: 'charts' }, { sources, source: undefined });
    await bed.serve();
    expect(await bed.value('one')).toBe('first');
    await git.commit('values', { files: { 'prod.yaml': 'v: second' } });
    await bed.arrives('one', 'second');
  });

  it('its applications although another Git host is slow to say what was pushed there', async () => {
    const { git } = bed.engine;
    await bed.repository('shop', files('one', '1'));
    await bed.repository('slow', files('two', '1'));
    bed.declare('one', { repository: 'shop' });
    bed.declare('two', { repository: 'slow' });
    await bed.serve();
    bed.forget();
    git.fail({ repository: 'slow', delayMs: 6_000, times: 2 });
    await git.commit('slow', { files: files('two', '2') });
    await eventually('the slow one is asked', () => git.requests().some(({ repository }) => repository === 'slow'));
    await git.commit('slow', { files: files('two', '3') });
    await git.commit('shop', { files: files('one', '2') });
    await bed.arrives('one', '2');
    expect(await bed.value('two')).toBe('1');
    await bed.arrives('two', '3');
  });

  it('in a moment: each is answered in under 50 ms, long before its applications are synced', async () => {
    await bed.repository('shop', files('one', '1'));
    bed.declare('one', { repository: 'shop' });
    await bed.serve();
    bed.forget();
    for (const v of ['2', '3', '4', '5', '6']) {
      await bed.engine.git.commit('shop', { files: files('one', v) });
      await bed.arrives('one', v);
    }
    expect(bed.answers()).toHaveLength(5);
    expect(median(bed.answers())).toBeLessThan(50);
  });
});

describe('A push to where applications are declared', () => {
  const application = (name: string, repoURL: string): string =>
    JSON.stringify({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name },
      spec: {
        project: 'default',
        destination: { server: 'https://kubernetes.default.svc', namespace: bed.engine.namespace },
        source: { repoURL, path: name, targetRevision: 'main' },
        syncPolicy: { automated: { prune: true } },
      },
    });

  it('brings up what it declares anew, and asks Git for nothing else', async () => {
    const { git, ports } = bed.engine;
    await bed.repository('shop', { ...files('one', '1'), ...files('two', '1') });
    await bed.repository('control', { 'apps/one.json': application('one', git.url('shop')) });
    const place = { repoURL: git.url('control'), revision: 'main', path: 'apps' };
    bed.start({
      control: { repoURL: place.repoURL, targetRevision: 'main' },
      load: () => declareFromGit(place, ports),
    });
    await bed.arrives('one', '1');
    await bed.rest();
    bed.forget();
    await git.commit('control', { files: { 'apps/two.json': application('two', git.url('shop')) } });
    await bed.arrives('two', '1');
    await bed.rest();
    expect(bed.probes()).toEqual(['shop refs/heads/main']);
    await git.commit('control', { files: { 'readme.md': 'Nothing is declared here.' } });
    await git.deliveries();
    await bed.rest();
    expect(bed.probes()).toEqual(['shop refs/heads/main']);
  });

  it('brings up at once what an application of applications renders anew', async () => {
    const { git } = bed.engine;
    await bed.repository('shop', { ...files('one', '1'), ...files('two', '1') });
    await bed.repository('parent', { 'all/one.json': application('one', git.url('shop')) });
    const manifest = JSON.parse(application('all', git.url('parent'))) as Manifest;
    const [declared] = declare([{ manifest, origin: 'the test' }]).applications;
    if (declared === undefined) throw new Error('it is not declared');
    bed.add(declared);
    bed.start();
    await bed.arrives('one', '1');
    await bed.rest();
    await git.commit('parent', { files: { 'all/two.json': application('two', git.url('shop')) } });
    await bed.arrives('two', '1');
    await git.commit('shop', { files: files('two', '2') });
    await bed.arrives('two', '2');
  });
});
