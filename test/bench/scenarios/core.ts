import { HttpGitHost } from '../../../shared/adapters/git/http-git-host.ts';
import type { ClusterFacts } from '../../../shared/model/cluster.ts';
import { indexInventory } from '../../../shared/model/inventory.ts';
import type { LiveObject, Manifest } from '../../../shared/model/manifest.ts';
import { keyOf } from '../../../shared/model/object-ref.ts';
import { seenEntry } from '../../../shared/plan/inventory-entry.ts';
import { planWave } from '../../../shared/plan/plan-wave.ts';
import { normaliseTargets } from '../../../shared/plan/target.ts';
import { planWaves } from '../../../shared/plan/waves.ts';
import { parseApplication } from '../../../shared/registry/parse-application.ts';
import type { Bed } from '../bed.ts';
import { enginePorts } from '../engine-ports.ts';
import { application, mixedObjects } from '../objects.ts';
import { atMost, median, type Row } from '../report.ts';

/** The pure plan, and the probe of a repository in which nothing happened. */
export async function core(bed: Bed): Promise<readonly Row[]> {
  return [await planOfFiveThousand(bed), await probe(bed)];
}

async function planOfFiveThousand(bed: Bed): Promise<Row> {
  const ports = await enginePorts({ kubeconfig: bed.controlPlane.kubeconfig, folder: bed.folder, observe: () => {} });
  const source = { repoURL: 'https://git.example.com/a.git', path: 'app', namespace: 'bench' };
  const { application: parsed } = parseApplication(application('bench', source) as unknown as Manifest, 'bench');
  const facts = await (await ports.clusters.open(parsed.destination)).facts();
  const times = [1, 2, 3, 4, 5].map(() => planOnce(facts, parsed));
  return atMost('plan of 5,000 unchanged objects', median(times), { limit: 300, unit: 'ms of CPU' });
}

function planOnce(facts: ClusterFacts, parsed: ReturnType<typeof parseApplication>['application']): number {
  const manifests = mixedObjects(5_000) as unknown as readonly Manifest[];
  const started = process.cpuUsage();
  const { targets } = normaliseTargets({ manifests, facts, application: parsed, hash: (text) => text });
  const waves = planWaves({ targets, prunable: [], application: parsed });
  const live = targets.map(
    (target) =>
      [
        target,
        {
          ...target.manifest,
          metadata: { ...target.manifest.metadata, uid: target.ref.name, resourceVersion: '1' },
        } as LiveObject,
      ] as const,
  );
  const context = {
    application: 'bench',
    inventory: indexInventory(live.map(([target, object]) => seenEntry(target, object, undefined))),
    prune: true,
    approvePrune: false,
    syncOptions: [],
    projectForbids: () => undefined,
    handedOver: new Set<string>(),
    keptByOther: () => undefined,
  };
  const observation = new Map(live.map(([{ ref }, object]) => [keyOf(ref), { state: 'live' as const, live: object }]));
  const unchanged = waves.flatMap((wave) => planWave(wave, observation, context).unchanged);
  const { user, system } = process.cpuUsage(started);
  if (unchanged.length !== 5_000) throw new Error(`${unchanged.length} of 5000 objects are unchanged`);
  return (user + system) / 1000;
}

async function probe(bed: Bed): Promise<Row> {
  await bed.git.createRepository('probed', { 'a.yaml': 'a: 1' });
  const host = new HttpGitHost({ folder: bed.folder });
  await host.listRefs(bed.git.url('probed'), ['refs/heads/main']);
  const before = bed.git.requests().length;
  await host.listRefs(bed.git.url('probed'), ['refs/heads/main']);
  return atMost('probe of an unchanged repository', bed.git.requests().length - before, { limit: 1, unit: 'requests' });
}
