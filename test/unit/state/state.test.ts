import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Application } from '../../../shared/model/application.ts';
import { newHead } from '../../../shared/model/head.ts';
import { canonicalJson, type Json } from '../../../shared/model/json.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import type { Project } from '../../../shared/model/project.ts';
import { listHeads, loadHead, saveHead } from '../../../shared/state/heads.ts';
import { keys } from '../../../shared/state/keys.ts';
import {
  loadRegistry,
  removeDeclared,
  removeDeclaredProject,
  saveDeclared,
  saveDeclaredProject,
} from '../../../shared/state/registry.ts';
import { findRender, loadRender, rememberRender, saveRender } from '../../../shared/state/renders.ts';
import { useFolderStores } from './folder-place.ts';

const openStore = useFolderStores();
const head = newHead('shop', 'team', 'prod');
const manifests: readonly Manifest[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: 'ü' } },
];
const digest = createHash('sha256')
  .update(canonicalJson(manifests as unknown as Json))
  .digest('hex');

describe('heads', () => {
  it('are absent before the first save, and come back as saved', async () => {
    const store = await openStore();
    expect(await loadHead(store, 'shop')).toBeUndefined();
    const saved = await saveHead(store, head, 'absent');
    expect(await loadHead(store, 'shop')).toEqual({ head, etag: saved.won ? saved.etag : '' });
  });

  it('never go back: a save that names an old etag is lost', async () => {
    const store = await openStore();
    const first = await saveHead(store, head, 'absent');
    if (!first.won) throw new Error('lost');
    expect(await saveHead(store, head, 'absent')).toEqual({ won: false });
    const moved = { ...head, checkedAt: '2026-01-01T00:00:00Z' };
    expect(await saveHead(store, moved, first.etag)).toMatchObject({ won: true });
    expect(await saveHead(store, head, first.etag)).toEqual({ won: false });
    expect((await loadHead(store, 'shop'))?.head).toEqual(moved);
  });

  it('are refused under the name of another application', async () => {
    const store = await openStore();
    await saveHead(store, head, 'absent');
    const copied = await store.get(keys.head('shop'));
    await store.put(keys.head('other'), copied?.body ?? new Uint8Array());
    await expect(loadHead(store, 'other')).rejects.toMatchObject({
      code: 'store-corrupt',
      message: 'heads/other.json in the store cannot be used: it is the head of shop',
    });
  });

  it('are listed although one of them cannot be read', async () => {
    const store = await openStore();
    await saveHead(store, head, 'absent');
    await saveHead(store, newHead('web', 'team', 'prod'), 'absent');
    await store.put(keys.head('bad'), Buffer.from('{'));
    const { heads, unreadable } = await listHeads(store);
    expect(heads.map(({ head: { application } }) => application)).toEqual(['shop', 'web']);
    expect(unreadable).toEqual([{ key: 'heads/bad.json', error: expect.objectContaining({ code: 'store-corrupt' }) }]);
  });
});

describe('renders', () => {
  it('are kept by digest, once, for each project', async () => {
    const store = await openStore();
    await saveRender(store, 'team', { digest, manifests });
    await saveRender(store, 'team', { digest, manifests });
    expect(await loadRender(store, 'team', digest)).toEqual({ digest, manifests });
    expect(await loadRender(store, 'other', digest)).toBeUndefined();
  });

  it('are not kept under a digest that is not theirs', async () => {
    const store = await openStore();
    const saved = saveRender(store, 'team', { digest: '0'.repeat(64), manifests });
    await expect(saved).rejects.toMatchObject({ code: 'store-corrupt' });
    expect(await store.list('')).toEqual([]);
  });

  it('are refused when another render lies at their place', async () => {
    const store = await openStore();
    await saveRender(store, 'team', { digest, manifests });
    const stored = await store.get(keys.render('team', digest));
    await store.put(keys.render('team', '1'.repeat(64)), stored?.body ?? new Uint8Array());
    await expect(loadRender(store, 'team', '1'.repeat(64))).rejects.toMatchObject({
      code: 'store-corrupt',
      message: expect.stringContaining(`it holds the render ${digest}`),
    });
  });

  it('are found again by their inputs, with the warnings of then', async () => {
    const store = await openStore();
    expect(await findRender(store, 'team', 'inputs')).toBeUndefined();
    await rememberRender(store, 'team', { inputKey: 'inputs', digest, warnings: ['twice'] });
    expect(await findRender(store, 'team', 'inputs')).toMatchObject({ digest, warnings: ['twice'] });
    expect(await findRender(store, 'other', 'inputs')).toBeUndefined();
  });
});

describe('the registry', () => {
  const application = { name: 'shop', project: 'team' } as Application;
  const project = { name: 'team' } as Project;

  it('keeps declarations with their owner until they are removed', async () => {
    const store = await openStore();
    const declared = { application, origin: 'rendered by apps', parent: 'apps' };
    expect(await saveDeclared(store, declared, 'absent')).toBe(true);
    await saveDeclaredProject(store, { project, origin: 'rendered by apps', parent: 'apps' });
    expect(await loadRegistry(store)).toMatchObject({
      applications: [declared],
      projects: [{ project, parent: 'apps' }],
      unreadable: [],
    });
    await removeDeclared(store, 'team', 'shop');
    await removeDeclaredProject(store, 'team');
    expect(await loadRegistry(store)).toEqual({ applications: [], projects: [], unreadable: [] });
  });

  it('does not let one process overwrite what another declared meanwhile', async () => {
    const store = await openStore();
    await saveDeclared(store, { application, origin: 'one' }, 'absent');
    expect(await saveDeclared(store, { application, origin: 'two' }, 'absent')).toBe(false);
    const kept = (await loadRegistry(store)).applications[0];
    expect(await saveDeclared(store, { application, origin: 'two' }, kept?.etag ?? '')).toBe(true);
    expect((await loadRegistry(store)).applications[0]?.origin).toBe('two');
  });

  it('shows what can be read beside what cannot', async () => {
    const store = await openStore();
    await saveDeclared(store, { application, origin: 'one' }, 'absent');
    await store.put(keys.declaredApplication('team', 'bad'), Buffer.from('x'));
    const { applications, unreadable } = await loadRegistry(store);
    expect(applications).toHaveLength(1);
    expect(unreadable.map(({ key }) => key)).toEqual(['registry/team/bad.json']);
  });
});
