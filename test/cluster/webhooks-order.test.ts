import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { configMap, wave } from '../support/manifests.ts';
import { openWebhookBed, type WebhookBed } from '../support/webhook-bed.ts';

let bed: WebhookBed;
beforeEach(async () => {
  bed = await openWebhookBed();
  await bed.repository('shop', { ...files('one', '1'), ...files('two', '1') });
});
afterEach(() => bed.close());

const files = (name: string, v: string): Record<string, string> => ({ [`${name}/a.yaml`]: configMap(name, { v }) });
const commit = (v: string): Promise<string> => bed.engine.git.commit('shop', { files: files('one', v) });
const errors = (): string =>
  bed.engine.progress
    .flatMap((event) => (event.type === 'notice' && event.level === 'error' ? event.message : []))
    .join('\n');

describe('Pushes', () => {
  it('that come twice, or long after, change nothing', async () => {
    bed.declare('one', { repository: 'shop' });
    await bed.serve();
    await commit('2');
    await bed.arrives('one', '2');
    await bed.rest();
    const [delivery] = bed.deliveries();
    if (delivery === undefined) throw new Error('nothing was delivered');
    const before = await bed.state();
    for (let time = 0; time < 3; time += 1) {
      bed.forget();
      expect(await bed.send(delivery)).toBe(202);
      await eventually('Git is asked', () => bed.probes().length > 0);
      await bed.rest();
      expect(bed.probes()).toEqual(['shop refs/heads/main']);
    }
    expect(await bed.state()).toEqual(before);
  });

  it('that come in another order leave the newest commit in place', async () => {
    bed.declare('one', { repository: 'shop' });
    await bed.serve();
    for (const v of ['2', '3', '4']) {
      await commit(v);
      await bed.arrives('one', v);
    }
    await bed.rest();
    const before = await bed.state();
    const [second, third, fourth] = bed.deliveries();
    for (const delivery of [fourth, second, third, second]) {
      if (delivery === undefined) throw new Error('a delivery is missing');
      bed.forget();
      await bed.send(delivery);
      await eventually('Git is asked', () => bed.probes().length > 0);
      await bed.rest();
      expect(await bed.value('one')).toBe('4');
    }
    expect(await bed.state()).toEqual(before);
  });

  it('that are forced back and forth take the application along', async () => {
    const { git } = bed.engine;
    bed.declare('one', { repository: 'shop' });
    await bed.serve();
    const second = await commit('2');
    await bed.arrives('one', '2');
    for (let time = 0; time < 2; time += 1) {
      await git.git('shop', 'update-ref', 'refs/heads/main', `${second}~1`);
      await bed.arrives('one', '1');
      await git.git('shop', 'update-ref', 'refs/heads/main', second);
      await bed.arrives('one', '2');
    }
    await git.git('shop', 'update-ref', 'refs/heads/main', `${second}~1`);
    await commit('another 2');
    await bed.arrives('one', 'another 2');
  });

  it('that go back from what failed half-way bring back what was', async () => {
    const { git } = bed.engine;
    bed.declare('one', { repository: 'shop' });
    await bed.serve();
    const first = await git.git('shop', 'rev-parse', 'main');
    const refused = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Not_A_Name' } });
    await git.commit('shop', { files: { ...files('one', '2'), 'one/b.yaml': refused } });
    await eventually('it fails', async () => (await bed.head('one'))?.operation?.phase === 'Failed');
    await bed.rest();
    expect(await bed.value('one')).toBe('2');
    await git.git('shop', 'update-ref', 'refs/heads/main', first);
    await bed.arrives('one', '1');
  });

  it('that delete a branch are told as an error of who follows it; nothing is deleted, and others go on', async () => {
    const { git } = bed.engine;
    await git.git('shop', 'branch', 'dev', 'main');
    bed.declare('one', { repository: 'shop' });
    bed.declare('two', { repository: 'shop', targetRevision: 'dev' });
    await bed.serve();
    const before = await bed.state();
    await git.git('shop', 'update-ref', '-d', 'refs/heads/dev');
    await eventually('it is told', () => errors().includes('is named "dev"'));
    await bed.rest();
    expect(await bed.state()).toEqual(before);
    await commit('2');
    await bed.arrives('one', '2');
    expect(await bed.value('two')).toBe('1');
    await git.commit('shop', { branch: 'dev', from: 'main', files: files('two', 'back') });
    await bed.arrives('two', 'back');
  });

  it('of a tag with the name of a branch leave the branch in charge', async () => {
    const { git } = bed.engine;
    await git.git('shop', 'branch', 'release', 'main');
    bed.declare('one', { repository: 'shop', targetRevision: 'release' });
    await bed.serve();
    const before = await bed.state();
    await commit('on main');
    bed.forget();
    await git.tag('shop', 'release', { target: 'refs/heads/main' });
    await eventually('Git is asked', () => bed.probes().length > 0);
    await bed.rest();
    expect(await bed.state()).toEqual(before);
    await git.commit('shop', { branch: 'release', files: files('one', 'on the branch') });
    await bed.arrives('one', 'on the branch');
  });

  it('1,000 in a burst cost a few looks, and the last commit is applied', async () => {
    bed.declare('one', { repository: 'shop' });
    bed.declare('two', { repository: 'shop' });
    await bed.serve();
    await commit('2');
    await bed.arrives('one', '2');
    await bed.rest();
    const [delivery] = bed.deliveries();
    if (delivery === undefined) throw new Error('nothing was delivered');
    bed.forget();
    const started = performance.now();
    for (let part = 0; part < 10; part += 1) {
      const commits = part % 3 === 0 ? [commit(`burst ${part}`)] : [];
      const statuses = await Promise.all(Array.from({ length: 100 }, () => bed.send(delivery)));
      expect(new Set(statuses)).toEqual(new Set([202]));
      await Promise.all(commits);
    }
    const seconds = (performance.now() - started) / 1000;
    await bed.arrives('one', 'burst 9');
    await bed.rest();
    // Gathered for a quarter of a second each; besides, each new commit is asked for by jobs that have to make way.
    expect(bed.deliveries().length).toBeGreaterThanOrEqual(1_000);
    expect(bed.probes().length).toBeLessThanOrEqual(10 + 8 * seconds);
    expect((await bed.head('one'))?.deployed?.sources[0]?.revision).toBe(
      await bed.engine.git.git('shop', 'rev-parse', 'main'),
    );
  });
});

describe('A push while the application waits for health', () => {
  const gate = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'gate', ...wave(1) },
    spec: { type: 'LoadBalancer', selector: { app: 'x' }, ports: [{ port: 80 }] },
  });
  const isWaiting = (): Promise<boolean> =>
    eventually('it waits for the gate', () => bed.engine.progress.some(({ type }) => type === 'waiting'));

  it('cuts the wait short, and what is newer is applied', async () => {
    const { git } = bed.engine;
    bed.declare('one', { repository: 'shop' });
    await bed.serve();
    await git.commit('shop', { files: { 'one/gate.yaml': gate, 'one/last.yaml': configMap('last', {}, wave(2)) } });
    await isWaiting();
    const started = performance.now();
    await git.commit('shop', { files: { ...files('one', '2'), 'one/gate.yaml': configMap('gate', { v: 'open' }) } });
    await bed.arrives('one', '2');
    expect(performance.now() - started).toBeLessThan(20_000);
    await eventually('the last wave is there', () => bed.engine.live('ConfigMap', 'last'));
    await eventually('it is synced', async () => (await bed.head('one'))?.operation?.phase === 'Succeeded');
    expect(await bed.engine.live('Service', 'gate')).toBeUndefined();
  });

  it('does not disturb it when it is a replay, and it goes back where Git goes back', async () => {
    const { git } = bed.engine;
    bed.declare('one', { repository: 'shop' });
    await bed.serve();
    const first = await git.git('shop', 'rev-parse', 'main');
    await git.commit('shop', { files: { 'one/gate.yaml': gate, 'one/last.yaml': configMap('last', {}, wave(2)) } });
    await isWaiting();
    const running = (await bed.head('one'))?.operation?.id;
    const [delivery] = bed.deliveries();
    if (delivery === undefined) throw new Error('nothing was delivered');
    bed.forget();
    await bed.send(delivery);
    await eventually('Git is asked', () => bed.probes().length > 0);
    await bed.rest();
    expect((await bed.head('one'))?.operation).toMatchObject({ id: running, phase: 'Running' });
    expect((await bed.head('one'))?.operation?.lease).toBeDefined();
    await git.git('shop', 'update-ref', 'refs/heads/main', first);
    await eventually('the gate is gone', async () => (await bed.engine.live('Service', 'gate')) === undefined);
    await eventually('it is synced', async () => (await bed.head('one'))?.operation?.phase === 'Succeeded');
    expect((await bed.head('one'))?.sync.code).toBe('Synced');
  });
});
