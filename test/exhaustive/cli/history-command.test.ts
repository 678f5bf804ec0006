import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runPlumb } from '../../../cli/run-plumb.ts';
import { FolderStore } from '../../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../../shared/adapters/local/worker.ts';
import { saveHead } from '../../../shared/state/heads.ts';
import { keys } from '../../../shared/state/keys.ts';
import { saveSnapshot } from '../../../shared/state/snapshots.ts';
import { aHeadOf, aSnapshot } from '../../support/snapshots.ts';
import { createTestShell } from '../../unit/cli/test-shell.ts';

const old = ['2020-01-01T00:00:00.000Z', '2020-01-02T00:00:00.000Z', '2020-01-03T00:00:00.000Z'].map((at, index) =>
  aSnapshot({ at, renderDigest: `d${index}` }),
);

let folder = '';
let store: FolderStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-history-'));
  store = new FolderStore(join(folder, 'store'), localWorker());
  for (const snapshot of old) await saveSnapshot(store, snapshot);
  await saveHead(store, aHeadOf(old), 'absent');
});
afterEach(() => rm(folder, { recursive: true }));

type Ran = { readonly exitCode: number; readonly out: string; readonly err: string };

async function plumb(line: string): Promise<Ran> {
  const shell = createTestShell({ folder });
  const words = [...line.split(' '), '--store', join(folder, 'store'), '--cache', join(folder, 'cache')];
  const exitCode = await runPlumb(words, shell);
  return { exitCode, out: shell.out(), err: shell.err() };
}

const manifest = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: fresh }
spec:
  destination: { server: https://kubernetes.default.svc, namespace: fresh }
  source: { repoURL: https://git.example/apps.git, path: . }
`;

describe('plumb history', () => {
  it('needs nothing but the state', async () => {
    const { exitCode, out, err } = await plumb('history shop');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    const rows = out.split('\n').slice(1, 4);
    expect(rows.map((line) => line.split(' ')[0])).toEqual(old.map(({ name }) => name).reverse());
    const record = JSON.parse((await plumb('history shop -o json')).out) as { readonly snapshots: readonly unknown[] };
    expect(record.snapshots[0]).toMatchObject({ ...old[2], deployed: true });
  });

  it('asks nobody for what the store knows, also where declarations are named', async () => {
    const plain = await plumb('history shop -o json');
    expect(await plumb('history shop -o json --control http://127.0.0.1:1/control.git')).toEqual(plain);
    expect(await plumb('history shop -o json -f missing.yaml')).toEqual(plain);
  });

  it('warns of a snapshot that cannot be read, and shows the others', async () => {
    await store.put(keys.snapshot('shop', old[0]?.name ?? ''), Buffer.from('x'));
    const { exitCode, out, err } = await plumb('history shop');
    expect(exitCode).toBe(0);
    expect(err).toContain(`snapshots/shop/${old[0]?.name}.json.gz in the store cannot be used`);
    expect(out.split('\n')).toHaveLength(4);
  });

  it('says that there are no snapshots yet, and that an application is unknown', async () => {
    await writeFile(join(folder, 'fresh.yaml'), manifest);
    const none = { exitCode: 0, out: '', err: 'fresh has no snapshots.\n' };
    expect(await plumb('history -f fresh.yaml')).toEqual(none);
    await saveHead(store, { ...aHeadOf([]), application: 'fresh' }, 'absent');
    expect(await plumb('history fresh')).toEqual(none);
    const unknown = await plumb('history nobody');
    expect(unknown).toMatchObject({ exitCode: 2, out: '' });
    expect(unknown.err).toContain('nothing is known of an application "nobody"');
  });
});

describe('plumb gc', () => {
  it('removes what is too old and too many, and first says so on request', async () => {
    const planned = await plumb('gc --keep-last 1 --keep-within 30d --dry-run');
    expect(planned).toMatchObject({ exitCode: 0, err: '' });
    expect(planned.out).toBe(
      `shop: would remove snapshot ${old[0]?.name}\nWould remove 1 snapshot: 2 snapshots and 0 renders stay.\n`,
    );
    const done = await plumb('gc --keep-last 1 --keep-within 30d');
    expect(done.out).toBe(
      `shop: removed snapshot ${old[0]?.name}\nRemoved 1 snapshot: 2 snapshots and 0 renders stay.\n`,
    );
    expect((await plumb('gc --keep-last 1')).out).toBe('Nothing to remove: 2 snapshots and 0 renders stay.\n');
  });

  it('ends with 2 and says why where something cannot be read', async () => {
    await store.put(keys.head('bad'), Buffer.from('x'));
    const { exitCode, err } = await plumb('gc');
    expect(exitCode).toBe(2);
    expect(err).toContain('heads/bad.json in the store cannot be used');
    expect(err).toContain('no render was removed');
    expect(JSON.parse((await plumb('gc -o json')).out)).toMatchObject({
      blocked: true,
      unreadable: [{ key: 'heads/bad.json' }],
    });
  });

  it.each([
    ['gc --keep-last 0', "'--keep-last <N>' argument '0' is invalid. It is not a whole number from 1 on."],
    ['gc --keep-last 201', 'no more than 200 snapshots'],
    ['gc --keep-within soon', 'It is not a duration like 30d, 12h or 90m.'],
  ])('refuses "%s"', async (line, message) => {
    const { exitCode, err } = await plumb(line);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  });
});
