import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { provideTools } from '../../cli/setup/provide-tools.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import type { Progress } from '../../shared/ports.ts';
import { loadRender } from '../../shared/state/renders.ts';
import { listSnapshots } from '../../shared/state/snapshots.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { type Registry, startHelmRepository } from '../contract/render-registry.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { configMap, wave } from '../support/manifests.ts';

let engine: Engine;
let charts: Registry;
beforeEach(async () => {
  engine = await openEngine();
  charts = await startHelmRepository(join(engine.ports.scratch, 'charts'));
});
afterEach(async () => {
  await charts.close();
  await engine.close();
});

/** Packs the chart `demo`, version 1.2.0; gives the SHA-256 of the archive. */
async function packChart(): Promise<string> {
  const { scratch } = engine.ports;
  await mkdir(join(scratch, 'demo/templates'), { recursive: true });
  await writeFile(join(scratch, 'demo/Chart.yaml'), 'apiVersion: v2\nname: demo\nversion: 1.2.0\n');
  await writeFile(join(scratch, 'demo/templates/a.yaml'), configMap('of-chart'));
  const { helm } = await provideTools();
  const run = (...args: string[]): Promise<unknown> => promisify(execFile)(helm, args, { cwd: scratch });
  await run('package', 'demo', '-d', 'charts');
  await run('repo', 'index', 'charts');
  return createHash('sha256')
    .update(await readFile(join(scratch, 'charts/demo-1.2.0.tgz')))
    .digest('hex');
}

describe('A snapshot', () => {
  it('says what was deployed where, what it was made of and by whom, and what came of each object', async () => {
    const digest = await packChart();
    await engine.git.createRepository('shop', { 'app/a.yaml': configMap('a', { v: '1' }) });
    const chart = { repoURL: `http://${charts.host}`, chart: 'demo', targetRevision: '>=1.0.0 <2' };
    const git = { repoURL: engine.git.url('shop'), path: 'app', targetRevision: 'main' };
    const application = engine.application('shop', { source: undefined, sources: [chart, git] });
    const sync = (): Promise<unknown> =>
      syncApplication({ application, project: engine.project, reason: 'manual' }, engine.ports);
    await sync();
    const sha = await engine.git.commit('shop', {
      files: { 'app/a.yaml': configMap('a', { v: '2' }), 'app/b.yaml': configMap('b') },
      message: 'more of it',
    });
    await sync();

    const { snapshots } = await listSnapshots(engine.ports.store, 'shop');
    const taken = snapshots.at(-1) as Snapshot;
    expect(snapshots).toHaveLength(2);
    expect(taken.sources).toEqual([
      { repoURL: chart.repoURL, chart: 'demo', revision: '1.2.0', digest: expect.stringContaining(digest) },
      {
        repoURL: git.repoURL,
        path: 'app',
        revision: sha,
        commit: {
          sha,
          author: 'Ada Tester <ada@example.com>',
          subject: 'more of it',
          time: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      },
    ]);
    expect(taken).toMatchObject({
      name: expect.stringMatching(new RegExp(`^\\d{8}-\\d{6}-\\d{3}-${sha.slice(0, 7)}$`)),
      application,
      project: engine.project,
      cluster: { uid: expect.stringMatching(/^[0-9a-f-]{36}$/), version: expect.stringMatching(/^v1\./) },
      operation: { reason: 'manual', startedAt: expect.stringMatching(/Z$/) },
      outcome: 'Succeeded',
      health: { code: 'Healthy' },
      tools: { helm: expect.stringMatching(/^v\d/), kustomize: expect.stringMatching(/^v\d/) },
      changes: { added: 1, changed: 1, removed: 0 },
    });
    expect(taken.results.map(({ ref, action }) => [ref.name, action]).sort()).toEqual([
      ['a', 'configured'],
      ['b', 'created'],
      ['of-chart', 'unchanged'],
    ]);
    expect(taken.inventory.map(({ ref }) => ref.name)).toEqual(['a', 'b', 'of-chart']);
    const render = await loadRender(engine.ports.store, 'default', taken.renderDigest);
    expect(render?.manifests.map(({ metadata }) => metadata.name).sort()).toEqual(['a', 'b', 'of-chart']);
  });

  it('tells what an interrupted run did as well as what was left to the next one', async () => {
    await engine.git.createRepository('shop', {
      'app/a.yaml': configMap('early', {}, wave(-1)),
      'app/b.yaml': configMap('late'),
    });
    const asked = { application: engine.application('shop'), project: engine.project, reason: 'manual' as const };
    const abort = new AbortController();
    const report = (event: Progress): void => {
      if (event.type === 'object') abort.abort();
    };
    const { signal } = abort;
    const stopped = await syncApplication({ ...asked, signal }, { ...engine.ports, reporter: { report } });
    expect(stopped.head.operation?.phase).toBe('Running');
    await syncApplication(asked, engine.ports);
    const { snapshots } = await listSnapshots(engine.ports.store, 'shop');
    expect(snapshots.map(({ results }) => results.map(({ ref, action }) => `${ref.name} ${action}`))).toEqual([
      ['early created', 'late created'],
    ]);
  });
});
