import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { localWorker, workerAmongMachines } from '../../../../shared/adapters/local/worker.ts';

const worker = localWorker();
const among = workerAmongMachines();
const script = `
  const { localWorker } = await import(${JSON.stringify(new URL('../../../../shared/adapters/local/worker.ts', import.meta.url))});
  process.stdout.write(localWorker().id);
  setInterval(() => {}, 1000);
`;

describe('a worker', () => {
  it('has an id of its own that can be a file name', () => {
    expect(worker.id).toMatch(/^[\w.~:-]+$/);
    expect(localWorker().id).not.toBe(worker.id);
  });

  it('knows that it lives itself', () => {
    expect(worker.hasEnded(worker.id)).toBe(false);
  });

  it('knows that another process lives, and when it has ended', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [id] = await once(child.stdout, 'data');
    expect(worker.hasEnded(String(id))).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(worker.hasEnded(String(id))).toBe(true);
  });

  it.each([
    ['that had the same process id earlier', worker.id.replace(/\.\d+-/, '.1-'), true],
    ['that ran before the machine started anew', worker.id.replace(/:[0-9a-f]+_/, ':00000000_'), true],
    ['in another container', worker.id.replace(/_\d+\./, '_1.'), false],
    ['on another machine', `other${worker.id}`.replace(/:\d+:/, ':4194304:'), false],
    ['that is named in another way', 'somebody', false],
  ])('tells of a process %s only what it can know', (_, id, expected) => {
    expect(worker.hasEnded(id)).toBe(expected);
  });
});

describe('a worker among those of many machines', () => {
  it('knows of a process of this machine when it has ended', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [id] = await once(child.stdout, 'data');
    expect([among.hasEnded(among.id), among.hasEnded(String(id))]).toEqual([false, false]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(among.hasEnded(String(id))).toBe(true);
  });

  it.each([
    ['on a copy of this machine, of which it is not told apart but by its boot', /:[0-9a-f]+_/, ':00000000_'],
    ['on a machine that does not tell its boots apart', /:[0-9a-f]+_/, ':x_'],
    ['in another container', /_\d+\./, '_1.'],
    ['on another machine', /^/, 'other'],
  ])('never says that a process has ended %s', (_, part, other) => {
    expect(among.hasEnded(among.id.replace(/:\d+:/, ':4194304:').replace(part, other))).toBe(false);
  });
});
