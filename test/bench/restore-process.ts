import { isRestored } from '../../shared/model/restore.ts';
import { executeRestore } from '../../shared/workflows/restore/execute-restore.ts';
import { planRestore } from '../../shared/workflows/restore/plan-restore.ts';
import { enginePorts } from './engine-ports.ts';

/** What one restore in a process of its own came to. */
export type RestoreMeasured = {
  /** From the first look at the store to the plan. */
  readonly planMs: number;
  /** Plan, restore, comparison of every object and report. */
  readonly totalMs: number;
  readonly objects: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly peakMB: number;
  readonly isRestored: boolean;
};

/** Runs one restore, given as JSON in the first argument, and prints what it took. */
async function main(): Promise<void> {
  const { kubeconfig, folder, cluster } = JSON.parse(process.argv[2] ?? '') as Readonly<Record<string, string>>;
  const requests: Record<string, number> = {};
  const ports = await enginePorts({
    kubeconfig: kubeconfig ?? '',
    folder: folder ?? '',
    observe: ({ verb }) => {
      requests[verb] = (requests[verb] ?? 0) + 1;
    },
  });
  const started = performance.now();
  const plan = await planRestore({ cluster: cluster ?? '' }, ports);
  const planMs = performance.now() - started;
  const report = await executeRestore(plan, ports, { signal: new AbortController().signal });
  const measured: RestoreMeasured = {
    planMs,
    totalMs: performance.now() - started,
    objects: (report?.verified.byDryRun ?? 0) + (report?.verified.byMetadata ?? 0),
    requests,
    peakMB: process.resourceUsage().maxRSS / 1024,
    isRestored: report !== undefined && isRestored(report),
  };
  process.stdout.write(JSON.stringify(measured), () => process.exit(0));
}

await main();
