import { describe, expect, it } from '@jest/globals';
import { Fleet } from '../../../shared/workflows/fleet.ts';

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
});
