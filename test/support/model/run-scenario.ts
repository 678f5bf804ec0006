import { keyOf, refOf } from '../../../shared/model/object-ref.ts';
import { trackingOwner } from '../../../shared/plan/tracking.ts';
import { wantedSource } from '../../../shared/plan/wanted-source.ts';
import { loadHead } from '../../../shared/state/heads.ts';
import { deployedRender, renderOfPin } from '../../../shared/workflows/sync/snapshot-render.ts';
import { seededRandom } from '../faults/seeded-random.ts';
import { type Command, perform } from './commands.ts';
import { application, declare, filesOf, otherApplication, renderOf } from './model-application.ts';
import { ModelWorld, type Sabotage } from './model-world.ts';
import { hasSameBody } from './watch.ts';

export type Scenario = { readonly autoRollback: boolean; readonly commands: readonly Command[] };

/** Runs a scenario to its end, and then until nothing moves any more; throws what was not as it has to be, with all that happened. */
export async function runScenario({ autoRollback, commands }: Scenario, sabotage: Sabotage = {}): Promise<ModelWorld> {
  const world = new ModelWorld({ leavesOutD: false, autoRollback }, sabotage);
  world.push(filesOf({ a: '1', web: '22', c: '1' }));
  for (const command of commands) {
    await runCommand(world, command);
    refuseViolations(world);
  }
  world.trace.push('everything comes to its end');
  await world.drain();
  refuseViolations(world);
  await comeToRest(world);
  refuseViolations(world);
  await checkRest(world);
  refuseViolations(world);
  return world;
}

async function runCommand(world: ModelWorld, { deed, calls, seed, fault }: Command): Promise<void> {
  const random = seed === 0 ? () => 0 : seededRandom(seed);
  await perform(world, deed);
  for (let call = 0; call < calls && world.watch.violations.length === 0; call += 1) {
    const fate = fault?.at === call ? fault.fate : 'made';
    await world.step(Math.floor(random() * 48), fate);
  }
}

function refuseViolations({ watch, trace }: ModelWorld): void {
  if (watch.violations.length === 0) return;
  throw new Error([...watch.violations, '', ...trace].join('\n'));
}

const restMs = 600_000;
const rounds = 6;

/** Nobody meddles any more; both servers look at Git and cluster until they have nothing left to do. */
async function comeToRest(world: ModelWorld): Promise<void> {
  for (const live of world.cluster.all()) letGo(world, live);
  for (let round = 0; round < rounds; round += 1) {
    world.interleaver.now += restMs;
    for (const name of ['A', 'B']) {
      for (const look of ['poll', 'scan'] as const) {
        world.trace.push(`at rest: ${look} by ${name}`);
        world.server(name)[look](world.declaration);
        await world.drain();
        if (world.watch.violations.length > 0) return;
      }
    }
  }
}

function letGo({ cluster }: ModelWorld, live: ReturnType<ModelWorld['cluster']['all']>[number]): void {
  const { finalizers, ...metadata } = live.metadata;
  if (trackingOwner(live)?.application === otherApplication || metadata.deletionTimestamp !== undefined)
    cluster.remove(live);
  else if (finalizers !== undefined) cluster.change(live, { metadata });
}

/** At rest the cluster is what is wanted, and the head and its snapshots say so. */
async function checkRest(world: ModelWorld): Promise<void> {
  const { memory, watch, commits, declaration } = world;
  const stored = await loadHead(memory, application);
  const tip = commits.at(-1);
  if (stored === undefined || tip === undefined) return void watch.violations.push('at rest: nothing was ever synced');
  const { head } = stored;
  const { snapshots, deployed } = head;
  for (const { name } of snapshots) await renderOfPin(application, { snapshot: name }, memory);
  await deployedRender(head, memory);
  const git = renderOf(tip.files, declaration.leavesOutD).digest;
  const { sources: declared } = declare(declaration);
  const sources = [{ repoURL: '', revision: tip.sha }];
  const source = wantedSource(head, { renderDigest: git, sources, declared });
  const digest = { git, snapshot: head.pin?.renderDigest, deployed: deployed?.renderDigest }[source.from];
  const wanted = world.manifestsOf(digest ?? '');
  const cannotBe = wanted?.some((manifest) => JSON.stringify(manifest).includes('"refuse"'));
  checkOwned(world, new Set(head.inventory.map(({ ref }) => keyOf(ref))));
  if (cannotBe === true) return;
  if (wanted === undefined) return void watch.violations.push('at rest: nobody knows what is wanted');
  if (deployed?.renderDigest !== digest)
    watch.violations.push(
      `at rest: ${deployed?.renderDigest.slice(0, 8)} is deployed, and ${digest?.slice(0, 8)} is wanted, from ${source.from}`,
    );
  if (head.operation?.phase === 'Running') watch.violations.push('at rest: an operation is still running');
  checkCluster(world, wanted);
}

function checkOwned({ cluster, watch }: ModelWorld, inventory: ReadonlySet<string>): void {
  for (const live of cluster.all())
    if (trackingOwner(live)?.application === application && !inventory.has(keyOf(refOf(live))))
      watch.violations.push(`at rest: ${live.metadata.name} is ours, and in nobody's inventory`);
}

function checkCluster(
  { cluster, watch }: ModelWorld,
  wanted: NonNullable<ReturnType<ModelWorld['manifestsOf']>>,
): void {
  for (const manifest of wanted) {
    const live = cluster.find(refOf(manifest));
    const isThere =
      live !== undefined && trackingOwner(live)?.application === application && hasSameBody(manifest, live);
    if (!isThere) watch.violations.push(`at rest: ${manifest.metadata.name} is not as wanted: ${JSON.stringify(live)}`);
  }
  const keysWanted = new Set(wanted.map((manifest) => keyOf(refOf(manifest))));
  for (const live of cluster.all())
    if (trackingOwner(live)?.application === application && !keysWanted.has(keyOf(refOf(live))))
      watch.violations.push(`at rest: ${live.metadata.name} is not wanted, and still there`);
}
