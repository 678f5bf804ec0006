import { describe, expect, it } from '@jest/globals';
import { Fleet } from '../../../../shared/workflows/serve/fleet.ts';

describe('Fleet', () => {
  it('does not start a second job of a busy application', async () => {
    const fleet = new Fleet(4);
    const gate = Promise.withResolvers<void>();
    expect(fleet.start('web', () => gate.promise)).toBe(true);
    expect(fleet.start('web', async () => {})).toBe(false);
    gate.resolve();
    await fleet.idle();
    expect(fleet.start('web', async () => {})).toBe(true);
  });

  it('never runs more jobs at once than it may, and runs all of them', async () => {
    const fleet = new Fleet(3);
    let running = 0;
    let most = 0;
    let done = 0;
    for (let index = 0; index < 20; index += 1)
      fleet.start(`app-${index}`, async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        done += 1;
      });
    await fleet.idle();
    expect({ most, done }).toEqual({ most: 3, done: 20 });
  });

  it('runs what is demanded of a busy application once after its present job, however often, and the last asked', async () => {
    const fleet = new Fleet(4);
    const gate = Promise.withResolvers<void>();
    const ran: string[] = [];
    fleet.demand('web', async () => {
      await gate.promise;
      ran.push('first');
    });
    expect(fleet.isDemanded('web')).toBe(false);
    for (let index = 0; index < 100; index += 1) fleet.demand('web', async () => void ran.push(`asked ${index}`));
    expect(fleet.isDemanded('web')).toBe(true);
    expect(fleet.isDemanded('shop')).toBe(false);
    expect(ran).toEqual([]);
    gate.resolve();
    await fleet.idle();
    expect(ran).toEqual(['first', 'asked 99']);
    expect(fleet.isDemanded('web')).toBe(false);
  });

  it('runs what is demanded of a free application at once', async () => {
    const fleet = new Fleet(1);
    const ran: string[] = [];
    fleet.demand('web', async () => void ran.push('first'));
    expect(ran).toEqual(['first']);
    await fleet.idle();
    fleet.demand('web', async () => void ran.push('second'));
    await fleet.idle();
    expect(ran).toEqual(['first', 'second']);
  });

  it('keeps what is demanded for when the present job has its turn, and is not idle before', async () => {
    const fleet = new Fleet(1);
    const gate = Promise.withResolvers<void>();
    const ran: string[] = [];
    fleet.start('shop', () => gate.promise);
    fleet.start('web', async () => void ran.push('waited for room'));
    fleet.demand('web', async () => void ran.push('demanded'));
    fleet.demand('shop', async () => void ran.push('shop again'));
    expect(ran).toEqual([]);
    gate.resolve();
    await fleet.idle();
    expect(ran.toSorted()).toEqual(['demanded', 'shop again', 'waited for room']);
    expect(ran.indexOf('waited for room')).toBeLessThan(ran.indexOf('demanded'));
  });

  it('never runs two jobs of one application at once, whatever is started and demanded meanwhile', async () => {
    const fleet = new Fleet(3);
    const running = new Map<string, number>();
    let most = 0;
    let done = 0;
    const job = (name: string) => async (): Promise<void> => {
      running.set(name, (running.get(name) ?? 0) + 1);
      most = Math.max(most, running.get(name) ?? 0);
      await new Promise((resolve) => setImmediate(resolve));
      running.set(name, (running.get(name) ?? 0) - 1);
      done += 1;
    };
    for (let round = 0; round < 50; round += 1) {
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        if (round % 3 === 0) fleet.start(name, job(name));
        else fleet.demand(name, job(name));
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await fleet.idle();
    expect(most).toBe(1);
    expect(done).toBeGreaterThan(50);
  });
});
