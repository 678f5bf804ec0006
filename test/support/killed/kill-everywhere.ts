import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createTwoFilesPatch } from 'diff';
import { provideTools } from '../../../cli/setup/provide-tools.ts';
import { messageOf } from '../../../shared/errors.ts';
import type { Ports } from '../../../shared/ports.ts';
import { type Engine, openEngine } from '../engine.ts';
import { DoomedProcesses } from './doomed-processes.ts';
import type { KillOrder, KillReport } from './kill-protocol.ts';
import { applicationAt, openPorts, type Place } from './place.ts';
import { removeObjects } from './remove-objects.ts';
import type { Push, Scenario } from './scenario.ts';
import { type ScenarioName, scenarios } from './scenarios.ts';
import { seeWorld, type World } from './world.ts';

export type Outcome = {
  /** Moments at which a process was killed. */
  readonly points: number;
  /** Of each that did not end as an undisturbed run: where it was killed, and the difference. */
  readonly failures: readonly string[];
};

export type KillOptions = {
  /** Only the moments whose names match. Default: all. */
  readonly moments?: RegExp;
  /** Breaks the store of the killed processes. */
  readonly forget?: KillOrder['forget'];
};

/** As many as keep two processors busy: each waits for the API server and the disk for a part of its time. */
const atOnce = 3;
const repository = 'shop';

type Bed = {
  readonly engine: Engine;
  readonly doomed: DoomedProcesses;
  readonly programs: Place['programs'];
};

type Attempt = Pick<KillOrder, 'scenario' | 'dieAt' | 'forget'>;

/**
 * Kills a process at every moment of a scenario's step, each time in a world of its own, runs the step again in this process,
 * and compares all that there is then with what an undisturbed run leaves.
 */
export async function killEverywhere(scenario: ScenarioName, options: KillOptions = {}): Promise<Outcome> {
  const [engine, tools] = await Promise.all([openEngine(), provideTools()]);
  await engine.git.createRepository(repository, { 'README.md': 'One branch for each place.' });
  const { helm, kustomize, versions } = tools;
  const programs = { helm, kustomize: { path: kustomize.path, prefixArgs: kustomize.args }, versions };
  const bed: Bed = { engine, programs, doomed: new DoomedProcesses(atOnce) };
  try {
    return await tryAll(bed, scenario, options);
  } finally {
    await bed.doomed.close();
    await engine.close();
  }
}

async function tryAll(bed: Bed, scenario: ScenarioName, { moments = /./, forget }: KillOptions): Promise<Outcome> {
  const { report, text: expected, faults } = await runOnce(bed, { scenario });
  if ('died' in report) throw new Error('The undisturbed run was killed');
  const waiting = report.passed.flatMap((name, index) => (moments.test(name) ? [{ name, dieAt: index + 1 }] : []));
  const failures = faults.map((fault) => `not killed at all: ${fault}`);
  let points = 0;
  const killInTurn = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { name, dieAt } = next;
      const { died, failure } = await tryOne(bed, { scenario, dieAt, ...(forget && { forget }) }, expected);
      if (died) points += 1;
      if (failure !== undefined) failures.push(`killed at point ${dieAt}, ${name}: ${failure}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, killInTurn));
  const how = forget === undefined ? '' : ', with a broken store';
  process.stderr.write(
    `killed at ${points} ${points === 1 ? 'point' : 'points'}: ${scenarios[scenario].title}${how}\n`,
  );
  return { points, failures };
}

type Tried = { readonly died: boolean; readonly failure?: string };

/** A run that was over before it came to its point is no point; it is compared all the same. */
async function tryOne(bed: Bed, attempt: Attempt, expected: string): Promise<Tried> {
  try {
    const { report, text, faults } = await runOnce(bed, attempt);
    const died = 'died' in report;
    if (text === expected && faults.length === 0) return { died };
    const difference = createTwoFilesPatch('undisturbed', 'killed', expected, text, '', '', { context: 8 });
    return { died, failure: [...faults, difference].join('\n') };
  } catch (error) {
    return { died: false, failure: messageOf(error) };
  }
}

type Ran = { readonly report: KillReport; readonly text: string; readonly faults: readonly string[] };

/** Prepares a world, lets a process do the step, does it again when that one was killed, and tells what there is then. */
async function runOnce(bed: Bed, attempt: Attempt): Promise<Ran> {
  const scenario = scenarios[attempt.scenario];
  const { meanwhile } = scenario;
  const place = placeOn(bed, scenario);
  const push = pushTo(place, bed);
  const opened = openPorts(place);
  try {
    await scenario.prepare(place, opened.ports, push);
    const report = await bed.doomed.carryOut({ place, ...attempt });
    await meanwhile?.(place, push);
    if ('died' in report || meanwhile !== undefined) await runAgain(place, scenario);
    const applications = (scenario.folders ?? ['app']).map((folder) => applicationAt(place, folder));
    const world = await seeWorld(place, applications, opened.ports);
    await clear(place, world, { scenario, ports: opened.ports });
    return { report, faults: world.faults, text: scenario.hasManyHistories ? world.present : world.whole };
  } finally {
    await opened.close();
  }
}

/** As another process would: nothing is known of what was before. */
async function runAgain(place: Place, scenario: Scenario): Promise<void> {
  const { ports, close } = openPorts(place);
  await (scenario.again ?? scenario.run)(place, ports).finally(close);
}

function placeOn({ engine, programs }: Bed, { makesNamespace }: Scenario): Place {
  const token = `p${randomBytes(4).toString('hex')}`;
  return {
    token,
    programs,
    kubeconfig: engine.kubeconfig,
    namespace: makesNamespace ? `${engine.namespace}-${token}` : engine.namespace,
    repoURL: engine.git.url(repository),
    folder: join(engine.ports.scratch, token),
  };
}

function pushTo({ token }: Place, { engine }: Bed): Push {
  return async (change) => void (await engine.git.commit(repository, { branch: token, message: 'Change', ...change }));
}

/** Nobody waits for the end of the namespace. */
async function clear(place: Place, { live }: World, { scenario, ports }: Clearing): Promise<void> {
  const cluster = await ports.clusters.open(applicationAt(place).destination);
  await removeObjects(live, cluster);
  const ref = { group: '', kind: 'Namespace', namespace: '', name: place.namespace };
  const namespace = scenario.makesNamespace ? await cluster.readMetadata({ ref, version: 'v1' }) : undefined;
  if (namespace !== undefined) await removeObjects([namespace], cluster);
  await rm(place.folder, { recursive: true, force: true });
}

type Clearing = { readonly scenario: Scenario; readonly ports: Ports };
