import type { Manifest } from '../../shared/model/manifest.ts';
import { defaultProject } from '../../shared/model/project.ts';
import { parseApplication } from '../../shared/registry/parse-application.ts';
import { syncApplication } from '../../shared/workflows/sync/sync.ts';
import { enginePorts } from './engine-ports.ts';

/** What one sync in a process of its own came to. */
export type SyncMeasured = {
  /** From the call to the saved outcome: fetch, render, observe, apply. */
  readonly totalMs: number;
  /** From the first write sent to the last one answered; 0 without writes. */
  readonly applyMs: number;
  readonly objects: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly peakMB: number;
  readonly phase: string;
};

/** Runs one sync, given as JSON in the first argument, and prints what it took. */
async function main(): Promise<void> {
  const { kubeconfig, folder, manifest } = JSON.parse(process.argv[2] ?? '') as {
    kubeconfig: string;
    folder: string;
    manifest: Manifest;
  };
  const requests: Record<string, number> = {};
  let first = 0;
  let last = 0;
  const ports = await enginePorts({
    kubeconfig,
    folder,
    observe: ({ verb, ms }) => {
      requests[verb] = (requests[verb] ?? 0) + 1;
      if (verb !== 'apply') return;
      last = performance.now();
      first = first === 0 ? last - ms : first;
    },
  });
  const { application } = parseApplication(manifest, 'bench');
  const started = performance.now();
  const { head, results } = await syncApplication({ application, project: defaultProject, reason: 'manual' }, ports);
  const measured: SyncMeasured = {
    totalMs: performance.now() - started,
    applyMs: last - first,
    objects: results.length,
    requests,
    peakMB: process.resourceUsage().maxRSS / 1024,
    phase: `${head.operation?.phase} ${head.sync.code} ${head.sync.message}`,
  };
  process.stdout.write(JSON.stringify(measured), () => process.exit(0));
}

await main();
