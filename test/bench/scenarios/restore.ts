import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Application } from '../../../shared/model/application.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { defaultProject } from '../../../shared/model/project.ts';
import type { Ports } from '../../../shared/ports.ts';
import { parseApplication } from '../../../shared/registry/parse-application.ts';
import { toCanonicalRender } from '../../../shared/render/canonical-render.ts';
import { openApplication } from '../../../shared/workflows/sync/prepare-sync.ts';
import { syncApplication } from '../../../shared/workflows/sync/sync.ts';
import { startControlPlane } from '../../support/control-plane/start-control-plane.ts';
import { namedContexts, writeKubeconfig } from '../../support/restore-bed.ts';
import type { Bed } from '../bed.ts';
import { enginePorts } from '../engine-ports.ts';
import { measureProcess } from '../measure-process.ts';
import { application, mixedObjects } from '../objects.ts';
import { atMost, figure, type Row } from '../report.ts';
import type { RestoreMeasured } from '../restore-process.ts';

const applications = 200;
const objectsEach = 25;
const objects = applications * objectsEach;
const cluster = 'prod';

/** Objects a second that Velero restores into an empty namespace, as published in its issue 6845. */
const publishedRate = 10;
const wantedTimes = 15;

/** 200 applications of 25 objects each: the cluster is lost, and restored to an empty one behind the same name, without Git. */
export async function restore(bed: Bed): Promise<readonly Row[]> {
  const folder = join(bed.folder, 'restore');
  const lost = await kubeconfigOf(bed.controlPlane.kubeconfig, join(folder, 'lost'));
  await fillStore(await enginePorts({ kubeconfig: lost, folder, observe: () => {} }));
  const empty = await startControlPlane({ controllers: false });
  try {
    const kubeconfig = await kubeconfigOf(empty.kubeconfig, join(folder, 'empty'));
    const first = await restoreOnce(kubeconfig, folder);
    const second = await restoreOnce(kubeconfig, folder);
    return [
      rateRow((objects / first.totalMs) * 1000),
      figure('restore: from the store to the plan', first.planMs / 1000, 's'),
      figure('restore: plan, restore and comparison', first.totalMs / 1000, 's'),
      atMost('restore once more, as part of the first', second.totalMs / first.totalMs, {
        limit: 0.25,
        unit: 'of the first',
      }),
      figure('restore once more, with nothing to do', second.totalMs / 1000, 's'),
      atMost('peak memory of the first restore', first.peakMB, { limit: 500, unit: 'MB' }),
      figure('peak memory of the second restore', second.peakMB, 'MB'),
      ...requestRows('first', first),
      ...requestRows('second', second),
    ];
  } finally {
    await empty.stop();
  }
}

async function kubeconfigOf(file: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return writeKubeconfig(folder, namedContexts({ [cluster]: file }));
}

/** What syncs from Git leave behind. */
async function fillStore(ports: Ports): Promise<void> {
  const render = toCanonicalRender(mixedObjects(objectsEach) as unknown as readonly Manifest[]).render;
  const rendered = { render, sources: [], warnings: [], rendered: false };
  const names = Array.from({ length: applications }, (_, index) => `app-${String(index).padStart(3, '0')}`);
  const lane = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const asked = { application: applicationNamed(name), project: defaultProject };
      const opened = await openApplication(asked, ports);
      await syncApplication({ ...asked, reason: 'git' }, ports, { ...opened, rendered });
    }
  };
  await Promise.all(Array.from({ length: 10 }, lane));
}

function applicationNamed(name: string): Application {
  const source = { repoURL: 'https://git.example.com/all.git', path: name, namespace: `bench-${name}` };
  return parseApplication(application(name, source) as unknown as Manifest, 'bench').application;
}

async function restoreOnce(kubeconfig: string, folder: string): Promise<RestoreMeasured> {
  const program = join(import.meta.dirname, '..', 'restore-process.ts');
  const args = ['--no-warnings', program, JSON.stringify({ kubeconfig, folder, cluster })];
  const { output, exitCode } = await measureProcess({ path: process.execPath, args });
  if (exitCode !== 0) throw new Error(`the restore ended with ${exitCode}: ${output}`);
  const measured = JSON.parse(output) as RestoreMeasured;
  if (!measured.isRestored || measured.objects !== objects) throw new Error(`not all was restored: ${output}`);
  return measured;
}

function rateRow(rate: number): Row {
  const limit = publishedRate * wantedTimes;
  return {
    name: `restore of ${applications} applications of ${objectsEach} objects to an empty cluster, compared afterwards`,
    ours: rate,
    peer: publishedRate,
    unit: 'objects/s',
    ratio: rate / publishedRate,
    goal: `≥ ${limit} objects/s, ${wantedTimes} times the ${publishedRate} published of Velero`,
    ok: rate >= limit,
  };
}

function requestRows(which: string, { requests }: RestoreMeasured): readonly Row[] {
  return Object.entries(requests).map(([verb, count]) =>
    figure(`API requests of the ${which} restore: ${verb}`, count, 'requests'),
  );
}
