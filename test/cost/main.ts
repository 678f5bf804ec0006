import Table from 'cli-table3';
import { functionSizes } from '../../infra/constructs/sizes.ts';
import { openBed } from '../bench/bed.ts';
import { openFleet } from '../bench/fleet.ts';
import type { Round } from '../bench/fleet-process.ts';
import { capabilityMonth, type Invocation, invocationOf, monthOf } from './month.ts';

const fleets = [1, 100, 1_000];
const objects = 10;
const rounds = 6;
/** Two a day. */
const syncs = 60;
/** A check of an application may cost so many GB-seconds, where there are a hundred or more. */
const mostGBs = 0.05;

type Measured = {
  readonly applications: number;
  readonly scan: Invocation;
  readonly coldScan: Invocation;
  readonly sync: Invocation;
};

/** Measures scans and syncs of fleets of several sizes, and says what a month of them costs. Exit code 1: a check costs too much. */
async function main(): Promise<void> {
  const measured: Measured[] = [];
  for (const applications of fleets) {
    process.stdout.write(`${applications} applications …\n`);
    measured.push(await measure(applications));
  }
  printChecks(measured);
  printMonths(measured);
  const isDear = measured.some(({ applications, scan }) => applications >= 100 && scan.GBs / applications > mostGBs);
  process.exitCode = isDear ? 1 : 0;
}

async function measure(applications: number): Promise<Measured> {
  const bed = await openBed({ controllers: false });
  try {
    const fleet = await openFleet(bed, { applications, objects });
    try {
      const [cold, ...warm] = (await fleet.run({ do: 'scan', rounds })).rounds;
      const [sync] = (await fleet.run({ do: 'sync', content: 'two' })).rounds;
      return {
        applications,
        scan: invocationOf(middle(warm), functionSizes.scan.memoryMB),
        coldScan: invocationOf(cold as Round, functionSizes.scan.memoryMB),
        sync: invocationOf(sync as Round, functionSizes.sync.memoryMB),
      };
    } finally {
      await fleet.close();
    }
  } finally {
    await bed.close();
  }
}

function middle(taken: readonly Round[]): Round {
  return taken.toSorted((one, other) => one.wallMs - other.wallMs)[Math.floor(taken.length / 2)] as Round;
}

function printChecks(measured: readonly Measured[]): void {
  const table = new Table({
    head: ['applications', 'GB-s a scan', 'GB-s a check of one', 'GB-s of a first scan', 'GB-s a sync', '$ a sync'],
    style: { head: [] },
  });
  for (const { applications, scan, coldScan, sync } of measured)
    table.push([
      applications,
      scan.GBs.toFixed(3),
      (scan.GBs / applications).toFixed(5),
      coldScan.GBs.toFixed(2),
      sync.GBs.toFixed(3),
      sync.dollars.toFixed(6),
    ]);
  process.stdout.write(`${table.toString()}\n`);
}

function printMonths(measured: readonly Measured[]): void {
  const table = new Table({
    head: ['applications', '$ a month, 3 min', '15 min', 'of one, 3 min', '15 min', 'EKS capability', 'of one'],
    style: { head: [] },
  });
  for (const { applications, scan, sync } of measured) {
    const month = (everyMinutes: number): number =>
      monthOf({ applications, everyMinutes, scan, sync, tick: scan, syncs });
    const capability = capabilityMonth(applications);
    table.push([
      applications,
      ...[month(3), month(15)].map(dollars),
      ...[month(3), month(15)].map((all) => dollars(all / applications)),
      dollars(capability),
      dollars(capability / applications),
    ]);
  }
  process.stdout.write(`${table.toString()}\n`);
  process.stdout.write(
    `Prices of us-east-1 without free tiers; ${syncs} syncs a month each; a tick is taken to cost what a scan does.\n` +
      'Ours has everything in it; the capability needs a cluster of its own beside it ($73 a month), and no secrets or snapshots are in it.\n',
  );
}

function dollars(value: number): string {
  return value.toFixed(value < 10 ? 3 : 0);
}

await main();
