import { describe, expect, it } from '@jest/globals';
import { coloursFor } from '../../../../cli/output/colours.ts';
import { diffRecord, formatDiff, formatDiffSummary, formatUnknown } from '../../../../cli/output/diff-view.ts';
import { formatList, formatStatus, listRecord, statusRecord } from '../../../../cli/output/head-view.ts';
import { formatResource } from '../../../../cli/output/object-line.ts';
import { formatSummary, syncRecord } from '../../../../cli/output/summary.ts';
import { newHead } from '../../../../shared/model/head.ts';
import type { ApplicationDiff } from '../../../../shared/model/sync-request.ts';
import { aHead, anApplication, anOperation, anOutcome, aRef, aRender, aResult, sha } from '../examples.ts';

const colours = coloursFor({}, false);
const now = new Date('2026-01-02T03:09:15Z');

describe('a result', () => {
  it.each([
    [aRef('ConfigMap', 'prompts'), 'configmap/prompts'],
    [aRef('Deployment', 'web', 'apps'), 'deployment.apps/web'],
  ])('names %j as kubectl does', (ref, name) => expect(formatResource(ref)).toBe(name));
});

describe('the closing line of a sync', () => {
  it('says how it stands, at which revision, what happened and how long it took', () => {
    const results = [aResult('unchanged', 'a'), aResult('created', 'b'), aResult('created', 'c')];
    expect(formatSummary(anOutcome({}, results), 1_840, colours)).toBe(
      'shop: Synced, Healthy at 3f2a1bc (2 created, 1 unchanged) in 1.8s',
    );
  });

  it('says what it is pinned to', () => {
    const snapshot = '20260102-030405-000-3f2a1bc';
    const pin = { snapshot, renderDigest: 'd1', until: 'unpinned', at: '', why: '' } as const;
    expect(formatSummary(anOutcome({ pin }, []), 900, colours)).toBe(
      `shop: Synced, Healthy at 3f2a1bc (no objects) in 0.9s; pinned to ${snapshot} until plumb unpin shop`,
    );
  });

  it('says why it failed', () => {
    const head = { operation: anOperation({ phase: 'Failed', message: 'ConfigMap shop/b: forbidden' }) };
    expect(formatSummary(anOutcome(head, [aResult('failed', 'b')]), 900, colours)).toBe(
      'shop: Failed at 3f2a1bc (1 failed) in 0.9s: ConfigMap shop/b: forbidden',
    );
  });

  it('says what is not healthy', () => {
    const health = { code: 'Progressing', message: 'Deployment shop/web: 2 of 3 replicas updated' } as const;
    expect(formatSummary(anOutcome({ health }, []), 0, colours)).toContain(
      'Progressing at 3f2a1bc (no objects) in 0.0s: Deployment',
    );
  });

  it('is a flat record for programs', () => {
    expect(syncRecord(anOutcome({}, [aResult('created', 'b')]), 5)).toMatchObject({
      application: 'shop',
      phase: 'Succeeded',
      results: [{ kind: 'ConfigMap', name: 'b', action: 'created' }],
      ms: 5,
    });
  });
});

const found: ApplicationDiff = {
  application: 'shop',
  rendered: aRender,
  differences: [
    { ref: aRef('ConfigMap', 'a'), change: 'create', text: '+a: 1\n', fields: [] },
    {
      ref: aRef('Deployment', 'web', 'apps'),
      change: 'change',
      text: '--- live\n+++ Git\n@@ -1 +1 @@\n-b: 1\n+b: 2\n',
      fields: [{ path: 'spec.replicas', manager: 'kubectl-edit' }, { path: 'spec.paused' }],
    },
  ],
  unknown: [{ ref: aRef('Secret', 's'), message: 'forbidden' }],
  notices: [],
};

describe('a diff', () => {
  it('is printed as it is where there are no colours', () => {
    expect(formatDiff(found, colours)).toBe('+a: 1\n--- live\n+++ Git\n@@ -1 +1 @@\n-b: 1\n+b: 2\n');
  });

  it('is coloured as git does', () => {
    const bright = coloursFor({ FORCE_COLOR: '1' }, false);
    expect(formatDiff(found, bright)).toContain(bright.red('-b: 1'));
    expect(formatDiff(found, bright)).toContain(bright.bold('+++ Git'));
  });

  it('counts, and claims nothing of what could not be compared', () => {
    expect(formatDiffSummary(found, colours)).toBe(
      'shop: 2 differences at 3f2a1bc (1 to create, 1 to change), 1 unknown\n',
    );
    expect(formatUnknown(found, colours)).toBe('unknown: Secret shop/s: forbidden\n');
    expect(formatDiffSummary({ ...found, differences: [], unknown: [] }, colours)).toBe(
      'shop: no differences at 3f2a1bc\n',
    );
  });

  it('between a snapshot and something else says so, and that nothing is planned', () => {
    const from = '20261102-080000-000-3f2a1bc';
    expect(formatDiffSummary({ ...found, between: { from, to: 'live' } }, colours)).toBe(
      `shop: 2 differences from ${from} to live (1 added, 1 changed), 1 unknown\n`,
    );
    expect(formatDiffSummary({ ...found, between: { from, to: 'git' }, differences: [], unknown: [] }, colours)).toBe(
      `shop: no differences from ${from} to git at 3f2a1bc\n`,
    );
    expect(diffRecord({ ...found, between: { from, to: 'live' } })).toMatchObject({ from, to: 'live' });
  });

  it('is a flat record for programs', () => {
    expect(diffRecord(found)).toMatchObject({
      differences: [
        { name: 'a', change: 'create' },
        { name: 'web', fields: [{ path: 'spec.replicas', manager: 'kubectl-edit' }, { path: 'spec.paused' }] },
      ],
    });
  });
});

describe('plumb list', () => {
  it('shows what was synced and what never was', () => {
    const never = newHead('pay', 'default', 'prod');
    const text = formatList([{ head: never }, { head: aHead(), application: anApplication('shop') }], { now, colours });
    expect(text).toBe(
      'NAME   PROJECT   CLUSTER   NAMESPACE   SYNC      HEALTH    REVISION   AGE\n' +
        'pay    default   prod      -           Unknown   Missing   -          -\n' +
        'shop   default   prod      shop        Synced    Healthy   3f2a1bc    5m\n',
    );
  });

  it('is a flat record for programs', () => {
    expect(listRecord({ head: aHead() })).toMatchObject({
      name: 'shop',
      namespace: null,
      revision: sha,
      sync: { code: 'Synced' },
    });
  });
});

describe('plumb status', () => {
  const seen = {
    uid: 'u',
    resourceVersion: '1',
    desiredHash: 'h',
    health: { code: 'Healthy', message: '3 of 3 ready' },
  } as const;
  const head = aHead({
    inventory: [{ ref: aRef('Deployment', 'web', 'apps'), version: 'v1', wave: 2, seen }],
    operation: anOperation({ results: [aResult('failed', 'prompts', 'forbidden\nby a webhook')], attempt: 2 }),
  });

  it('shows the application, its operation and each object with its last result and health', () => {
    expect(formatStatus({ head, application: anApplication('shop') }, { now, colours })).toBe(
      [
        'Name:       shop',
        'Project:    default',
        'Cluster:    prod',
        'Namespace:  shop',
        'Source:     https://git.example/apps.git shop 3f2a1bc "more prompts" by Ada',
        'Sync:       Synced',
        'Health:     Healthy',
        'Deployed:   3f2a1bc, 5m ago',
        'Operation:  Succeeded 5m ago (manual, attempt 2)',
        'Checked:    never',
        '',
        'OBJECT                NAMESPACE   WAVE   LAST SYNC   HEALTH    MESSAGE',
        'configmap/prompts     shop        0      failed      -         forbidden',
        'deployment.apps/web   shop        2      -           Healthy   3 of 3 ready',
        '',
      ].join('\n'),
    );
  });

  it('says a failure once in each place, and names an object in its own column only', () => {
    const message = '1 object failed; first: ConfigMap shop/prompts: quota exceeded';
    const results = [aResult('failed', 'prompts', 'ConfigMap shop/prompts: quota exceeded')];
    const operation = anOperation({ phase: 'Failed', message, results });
    const text = formatStatus({ head: aHead({ sync: { code: 'OutOfSync', message }, operation }) }, { now, colours });
    expect(text).toContain('Sync:       OutOfSync\n');
    expect(text).toContain(`(manual): ${message}\n`);
    expect(text).toMatch(/^configmap\/prompts .* quota exceeded$/m);
    expect(text).not.toMatch(/^configmap\/prompts .*ConfigMap/m);
  });

  it('shows what was never synced, too', () => {
    expect(formatStatus({ head: newHead('pay', 'default', 'prod') }, { now, colours })).toContain('Operation:  none\n');
  });

  it('is one record for programs', () => {
    expect(statusRecord({ head })).toMatchObject({
      name: 'shop',
      operation: { phase: 'Succeeded' },
      results: [{ name: 'prompts', action: 'failed' }],
      objects: [{ kind: 'Deployment', name: 'web', seen: { uid: 'u' } }],
    });
  });
});
