import Table from 'cli-table3';
import pc from 'picocolors';
import { formatElapsed } from '../../cli/duration.ts';
import type { StepResult } from './step.ts';

/** The table at the end: every step with its time and how many checks held. */
export function formatSummary(results: readonly StepResult[]): string {
  const table = new Table({
    head: ['step', 'time', 'checks', ''],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right'],
  });
  for (const { step, ms, checks, ok } of results) {
    const held = checks.filter((check) => check.ok).length;
    table.push([step, formatElapsed(ms), `${held} of ${checks.length}`, ok ? pc.green('held') : pc.red('failed')]);
  }
  return table.toString();
}
