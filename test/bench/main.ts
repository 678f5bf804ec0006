import { parseArgs } from 'node:util';
import { openBed } from './bed.ts';
import { printReport, type Row } from './report.ts';
import { coldStarts } from './scenarios/cold-starts.ts';
import { core } from './scenarios/core.ts';
import { hundredApplications } from './scenarios/hundred-applications.ts';
import { pushToApplied } from './scenarios/push-to-applied.ts';
import { restore } from './scenarios/restore.ts';
import { scan } from './scenarios/scan.ts';
import { thousandObjects } from './scenarios/thousand-objects.ts';

const scenarios = {
  core: { controllers: false, run: core },
  'thousand-objects': { controllers: false, run: thousandObjects },
  'hundred-applications': { controllers: true, run: hundredApplications },
  restore: { controllers: false, run: restore },
  scan: { controllers: false, run: scan },
  'cold-starts': { controllers: false, run: coldStarts },
  'push-to-applied': { controllers: true, run: pushToApplied },
} as const;

/** Runs the scenarios, or those named, and prints what was measured; exit code 1 when a goal is missed. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { report: { type: 'string' } }, allowPositionals: true });
  const rows: Row[] = [];
  for (const [name, { controllers, run }] of Object.entries(scenarios)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    process.stdout.write(`${name} …\n`);
    const bed = await openBed({ controllers });
    try {
      rows.push(...(await run(bed)));
    } finally {
      await bed.close();
    }
  }
  await printReport(rows, values.report);
  process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
}

await main();
