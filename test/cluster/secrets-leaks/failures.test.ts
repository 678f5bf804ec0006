import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Application } from '../../../shared/model/application.ts';
import { diffApplication } from '../../../shared/workflows/compare/diff.ts';
import { refreshStatus } from '../../../shared/workflows/compare/status.ts';
import { explainSecrets } from '../../../shared/workflows/secrets/explain-secrets.ts';
import { startAdmissionWebhook } from '../../support/admission-webhook.ts';
import type { FalseStatus } from '../../support/faults/faulty-api-server.ts';
import { type FailingBed, openFailingBed, vaultStore } from '../../support/secrets/failing-bed.ts';
import { failingSecrets, unusableValues } from '../../support/secrets/failing-secrets.ts';
import { externalSecret, readerOf } from '../../support/secrets/manifests.ts';

let bed: FailingBed;
/** With leave to put values into labels and ConfigMaps. */
let free: FailingBed;
beforeAll(async () => {
  [bed, free] = await Promise.all([openFailingBed(), openFailingBed({ allowsMore: true })]);
  for (const each of [bed, free]) await each.put('shop', unusableValues(each.markers));
});
afterAll(() => Promise.all([bed.close(), free.close()]));

const store = ({ vault }: FailingBed): string => vaultStore('store', { server: vault.url });

/** Looks at an application in every way there is; what is thrown is kept as well. */
const lookAt = async ({ engine, ports, record }: FailingBed, application: Application): Promise<void> => {
  const asked = { application, project: engine.project };
  const looks = {
    diff: diffApplication(asked, ports),
    status: refreshStatus(asked, ports),
    explanation: explainSecrets({ ...asked, asDeployed: false }, ports),
  };
  for (const [what, look] of Object.entries(looks))
    record.add(`${what} of ${application.name}`, await look.catch((error: unknown) => error));
};

const target = (template: object, more: object = {}): Readonly<Record<string, unknown>> => ({
  dataFrom: [{ extract: { key: 'good' } }],
  data: [],
  target: { template, ...more },
});

describe('No failure shows a secret value anywhere', () => {
  it('of values that are no JSON, no base64, no number, and of templates that fail at them', async () => {
    const manifests = failingSecrets();
    const application = await bed.declare('unusable', [store(bed), ...manifests], {
      'app/kustomization.yaml': JSON.stringify({ resources: [...manifests, ''].map((_, index) => `${index}.yaml`) }),
    });
    const outcome = await bed.sync(application);
    const failed = outcome?.results.filter(({ action }) => action === 'failed') ?? [];
    expect(failed.length).toBeGreaterThan(manifests.length / 2);
    expect(outcome?.head.operation?.phase).toBe('Failed');
    await lookAt(bed, application);
  });

  it('of an API server that refuses an object for its values, and quotes them', async () => {
    await free.put('good', {
      text: free.markers.text('good'),
      special: free.markers.special('good and escaped'),
      big: free.markers.special('big').padEnd(2000, 'y'),
    });
    const application = await free.declare('refused', [
      store(free),
      externalSecret(
        'label',
        {},
        target({ metadata: { labels: { a: '{{ .special }}' } }, data: { a: '{{ .text }}' } }),
      ),
      externalSecret(
        'annotation',
        {},
        target({ metadata: { annotations: { a: '{{ .special }}' } }, data: { a: '{{ .text }}' } }),
      ),
      externalSecret('tls', {}, target({ type: 'kubernetes.io/tls', data: { 'tls.crt': '{{ .text }}' } })),
      externalSecret(
        'docker',
        {},
        target({ type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': '{{ .special }}' } }),
      ),
      externalSecret('large', {}, target({ data: { a: '{{ repeat 700 .big }}' } })),
      externalSecret(
        'map',
        {},
        target({ data: { a: '{{ .special }}' } }, { manifest: { apiVersion: 'v1', kind: 'ConfigMap' } }),
      ),
      externalSecret('frozen', {}, target({ data: { a: '{{ .text }}' } }, { immutable: true })),
      readerOf('frozen'),
    ]);
    const first = await free.sync(application);
    expect(first?.results.filter(({ action }) => action === 'failed').map(({ ref }) => ref.name)).toEqual(
      expect.arrayContaining(['label', 'tls', 'docker']),
    );
    await lookAt(free, application);
    await free.put('good', {
      text: free.markers.text('changed'),
      special: free.markers.special('changed and escaped'),
      big: 'x',
    });
    await lookAt(free, application);
    const second = await free.sync(application);
    expect(second?.results.find(({ ref }) => ref.name === 'frozen')?.action).toBe('failed');
    await free.engine.git.commit('refused', { remove: ['app/2.yaml', 'app/6.yaml'] });
    await lookAt(free, application);
    const last = await free.sync(application);
    expect(
      last?.results
        .filter(({ action }) => action === 'pruned')
        .map(({ ref }) => ref.name)
        .sort(),
    ).toEqual(['annotation', 'map']);
  });

  it('of an admission webhook that repeats what it was given', async () => {
    const { engine } = free;
    const echoed = free.markers.special('what a webhook says');
    const webhook = await startAdmissionWebhook({
      objects: engine.objects,
      namespace: engine.namespace,
      refuses: ({ name }) => (name === 'echoed' ? `password ${echoed}: User "app" cannot set ${echoed}` : undefined),
    });
    await free.put('echo', { a: echoed });
    const manifest = { apiVersion: 'v1', kind: 'ConfigMap' };
    const spec = { dataFrom: [{ extract: { key: 'echo' } }], data: [], target: { manifest } };
    const application = await free.declare('echoed', [store(free), externalSecret('echoed', {}, spec)]);
    const outcome = await free.sync(application);
    await webhook.remove();
    expect(outcome?.results[0]?.message).toContain('denied the request');
  });

  it('of an API server, or a proxy before it, that answers with values', async () => {
    const value = bed.markers.special('what an API server says');
    await bed.put('plain', { a: value });
    const application = await bed.declare('answers', [
      store(bed),
      externalSecret('plain', { a: 'plain#a' }),
      readerOf('plain'),
    ]);
    const statuses: readonly FalseStatus[] = [
      { code: 400, reason: 'BadRequest', message: `json: cannot unmarshal ${value}` },
      { code: 403, reason: value, message: `User "${value}" cannot do it: ${value}` },
      { code: 409, reason: 'Conflict', message: `Operation cannot be fulfilled on ${value}` },
      { code: 422, reason: 'Invalid', message: `Secret "plain" is invalid: data: Invalid value: "${value}"` },
      {
        code: 422,
        reason: 'Invalid',
        message: `admission webhook "w.example.com" denied the request: ${value} is immutable`,
      },
      {
        code: 500,
        reason: 'InternalError',
        message: `failed to create typed patch object: .data.a: expected ${value}`,
      },
    ];
    for (const fault of statuses) {
      bed.api.setRules([{ method: 'PATCH', path: /\/secrets\//, fault, times: 12 }]);
      await bed.sync(application);
    }
    for (const fault of ['lost-answer', 'reset', '429', '503'] as const) {
      bed.api.setRules([{ method: 'PATCH', path: /\/secrets\//, fault, times: 2 }]);
      await bed.sync(application);
      await bed.put('plain', { a: bed.markers.special(`after ${fault}`) });
    }
    bed.api.setRules([]);
    expect((await bed.sync(application))?.head.operation?.phase).toBe('Succeeded');
  }, 120_000);

  it('of a run that is interrupted, and of the one that goes on with it', async () => {
    await bed.put('plain', { a: bed.markers.special('before an interruption') });
    const application = bed.engine.application('answers');
    const abort = new AbortController();
    bed.api.setRules([{ method: 'PATCH', path: /\/secrets\/plain\?.*dryRun/, fault: 'silence', times: 1 }]);
    const running = bed.sync(application, { signal: abort.signal });
    abort.abort();
    await running;
    bed.api.setRules([]);
    expect((await bed.sync(application))?.head.operation?.phase).toBe('Succeeded');
  });

  it('to helm and kustomize, which make the manifests and know of no value', async () => {
    const chart = 'apiVersion: v2\nname: charted\nversion: 1.0.0\n';
    const manifests = [store(bed), externalSecret('charted', { a: 'plain#a' })].join('\n---\n');
    const application = await bed.declare('charted', [], {
      'app/Chart.yaml': chart,
      'app/templates/all.yaml': manifests,
    });
    expect((await bed.sync(application))?.head.operation?.phase).toBe('Succeeded');
    expect(await bed.started()).toMatch(/kustomize.*helm\ntemplate/s);
  });

  it('in all that was said and written meanwhile', async () => {
    for (const each of [bed, free]) {
      await each.gather();
      const { hits, searched } = each.record.search(each.markers.all);
      expect(hits).toEqual([]);
      const { markers, forms, places, bytes } = searched;
      process.stdout.write(`Searched for ${markers} markers in ${forms} forms: ${places} places, ${bytes} bytes\n`);
    }
  });
});
