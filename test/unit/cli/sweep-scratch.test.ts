import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { sweepScratch } from '../../../cli/sweep-scratch.ts';

/** Larger than any process id of Linux. */
const nobody = 4_194_305;

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'sweep-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

const make = (name: string, ageHours: number): void => {
  const at = Date.now() / 1000 - ageHours * 3600;
  mkdirSync(join(parent, name));
  utimesSync(join(parent, name), at, at);
};

it('takes only old scratch folders of processes that have ended', () => {
  make(`plumb-scratch-${nobody}-old`, 2);
  make(`plumb-scratch-${nobody}-young`, 0.5);
  make(`plumb-scratch-${process.pid}-mine`, 2);
  make('plumb-other', 2);
  sweepScratch(parent);
  expect(readdirSync(parent).sort()).toEqual(
    [`plumb-scratch-${nobody}-young`, `plumb-scratch-${process.pid}-mine`, 'plumb-other'].sort(),
  );
});
