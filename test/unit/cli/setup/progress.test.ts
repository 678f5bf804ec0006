import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createProgress, toDuration } from '../../../../cli/setup/progress.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function record(isTTY: boolean): {
  readonly text: () => string;
  readonly output: { write(text: string): void; isTTY: boolean };
} {
  const written: string[] = [];
  return { text: () => written.join(''), output: { isTTY, write: (text) => written.push(text) } };
}

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('Progress', () => {
  it('says nothing of a step that is quick', async () => {
    const { text, output } = record(false);
    const step = createProgress(output).run({ title: 'Building', seconds: 60 }, () => wait(900));
    await jest.advanceTimersByTimeAsync(900);
    await step;
    expect(text()).toBe('');
  });

  it('gives the estimate of a long step, what is done, and how long it took', async () => {
    const { text, output } = record(false);
    const step = createProgress(output).run({ title: 'Building', seconds: 60 }, async (detail) => {
      detail('40 %');
      await wait(25_000);
    });
    await jest.advanceTimersByTimeAsync(25_000);
    await step;
    expect(text()).toBe(
      'Building: 1 s of about 1:00 min, 40 %\nBuilding: 21 s of about 1:00 min, 40 %\nBuilding: done in 25 s\n',
    );
  });

  it('moves one line on a terminal', async () => {
    const { text, output } = record(true);
    const step = createProgress(output).run({ title: 'Building', seconds: 3 }, () => wait(1_600));
    await jest.advanceTimersByTimeAsync(1_600);
    await step;
    expect(text()).toBe(
      '\r\x1b[KBuilding: 1 s of about 3 s\r\x1b[KBuilding: 2 s of about 3 s\r\x1b[KBuilding: done in 2 s\n',
    );
  });

  it.each([
    [0.4, '0 s'],
    [59.4, '59 s'],
    [59.6, '1:00 min'],
    [200, '3:20 min'],
  ])('writes %s seconds as %s', (seconds, text) => {
    expect(toDuration(seconds)).toBe(text);
  });
});
