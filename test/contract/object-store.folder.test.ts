import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderStore } from '../../shared/adapters/local/folder-store.ts';
import { localWorker } from '../../shared/adapters/local/worker.ts';
import { describeObjectStore } from './object-store.ts';

describeObjectStore('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-store-'));
  return {
    connect: () => new FolderStore(join(folder, 'state'), localWorker()),
    remove: () => rm(folder, { recursive: true }),
  };
});

describe('a folder that several processes share', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumb-store-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('lets exactly one process be the first to write an object', async () => {
    const said = await Promise.all(Array.from({ length: 6 }, () => outputOf(start('claim', folder))));
    expect(said.sort()).toEqual(['lost', 'lost', 'lost', 'lost', 'lost', 'won']);
  });

  it('never loses an update of one process to another', async () => {
    const store = openStore(folder);
    await store.put('object', Buffer.from('0'));
    await Promise.all(Array.from({ length: 4 }, () => outputOf(start('increment', folder))));
    expect(await contentOf(folder)).toBe('100');
  });

  it('holds the old or the new object, whole, wherever a writer is killed; and the next writer goes on', async () => {
    for (let round = 0; round < 12; round += 1) {
      const confirmed = await killWhileWriting(start('rewrite', folder), 1 + Math.floor(Math.random() * 12));
      const [version = '', ...others] = ((await contentOf(folder)) ?? '').trimEnd().split('\n');
      expect(new Set([version, ...others])).toEqual(new Set([version]));
      expect(others).toHaveLength(20_000 + Number(version) - 1);
      expect(Number(version)).toBeGreaterThanOrEqual(confirmed);
    }
    expect(await openStore(folder).put('object', Buffer.from('after'))).toMatchObject({ won: true });
    expect(await contentOf(folder)).toBe('after');
    expect(await readdir(join(folder, '.writing'))).toEqual([]);
    expect(await readdir(join(folder, '.locks'))).toEqual([]);
  }, 60_000);
});

function openStore(folder: string): FolderStore {
  return new FolderStore(folder, localWorker());
}

async function contentOf(folder: string): Promise<string | undefined> {
  const stored = await openStore(folder).get('object');
  return stored === undefined ? undefined : new TextDecoder().decode(stored.body);
}

function start(task: string, folder: string): ChildProcess {
  const script = join(import.meta.dirname, 'object-store-writer.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, task, folder, 'object'];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
}

async function outputOf(child: ChildProcess): Promise<string> {
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return said;
}

/** Kills the writer as soon as it confirmed so many writes; gives the last confirmed one. */
async function killWhileWriting(child: ChildProcess, writes: number): Promise<number> {
  if (child.stdout === null) throw new Error('the child has no output');
  let confirmed = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    confirmed = Number(line);
    if (confirmed >= writes) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return confirmed;
}
