import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Application } from '../../shared/model/application.ts';
import { probeOnce } from '../../shared/workflows/serve/probe-once.ts';
import { renderApplication } from '../../shared/workflows/sync/render.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { configMap } from '../support/manifests.ts';

const names = Array.from({ length: 500 }, (_, index) => `app-${index}`);

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const applications = (): readonly Application[] =>
  names.map((name) => {
    const source = { repoURL: engine.git.url('many'), path: name, targetRevision: 'main' };
    return engine.application(name, { source });
  });

/** The applications for which a tool had to run. */
const renderAll = async (): Promise<readonly string[]> => {
  const ports = { ...engine.ports, git: probeOnce(engine.ports.git) };
  const rendered = await Promise.all(
    applications().map(async (application) => {
      const result = await renderApplication({ application, project: engine.project }, ports);
      return result.rendered ? [application.name] : [];
    }),
  );
  return rendered.flat();
};

describe('In a repository of 500 applications', () => {
  it('a commit that changes one file renders exactly one application, by one probe and one fetch', async () => {
    await engine.git.createRepository(
      'many',
      Object.fromEntries(names.map((name) => [`${name}/config.yaml`, configMap(name)])),
    );
    expect(await renderAll()).toHaveLength(500);
    await engine.git.commit('many', { files: { 'app-123/config.yaml': configMap('app-123', { changed: 'yes' }) } });
    engine.git.forgetRequests();
    expect(await renderAll()).toEqual(['app-123']);
    expect(engine.git.requests().length).toBeLessThanOrEqual(3);
  });

  it('a commit beside all of them renders nothing', async () => {
    await engine.git.commit('many', { files: { 'README.md': 'changed' } });
    expect(await renderAll()).toEqual([]);
  });
});
