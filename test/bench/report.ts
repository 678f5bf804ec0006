import { writeFile } from 'node:fs/promises';
import Table from 'cli-table3';

/** One measured claim. `ratio` is peer ÷ ours where more is better for us, else ours ÷ the goal's base; `goal` is in words. */
export type Row = {
  readonly name: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly unit: string;
  readonly ratio: number | null;
  readonly goal: string;
  readonly ok: boolean;
};

/** Prints the rows as a table, and as JSON to a file when one is named. */
export async function printReport(rows: readonly Row[], file: string | undefined): Promise<void> {
  const table = new Table({
    head: ['what', 'ours', 'peer', 'unit', 'ratio', 'goal', 'ok'],
    style: { head: [], border: [] },
  });
  for (const { name, ours, peer, unit, ratio, goal, ok } of rows)
    table.push([
      name,
      round(ours),
      peer === null ? '' : round(peer),
      unit,
      ratio === null ? '' : round(ratio),
      goal,
      ok ? 'yes' : 'NO',
    ]);
  process.stdout.write(`${table.toString()}\n`);
  if (file !== undefined) await writeFile(file, `${JSON.stringify(rows, undefined, 2)}\n`);
}

/** The middle value; of an even number of values, the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** A figure to know, with no goal of its own. */
export function figure(name: string, value: number, unit: string): Row {
  return { name, ours: value, peer: null, unit, ratio: null, goal: '', ok: true };
}

/** A claim with an upper bound. */
export function atMost(name: string, value: number, bound: { readonly limit: number; readonly unit: string }): Row {
  const { limit, unit } = bound;
  return { name, ours: value, peer: null, unit, ratio: null, goal: `≤ ${limit} ${unit}`, ok: value <= limit };
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
