import type { Manifest } from '../../../shared/model/manifest.ts';
import { prod } from '../environment.ts';
import { awaitEnvironment, awaitSyncedAndHealthy, isHopeless } from '../expectation.ts';
import { inspectObject, nameOf } from '../inspect.ts';
import { type PlumbResult, serveFlags } from '../plumb.ts';
import type { Stage } from '../stage.ts';
import type { Check, Step } from '../step.ts';
import { findTargets, meddle, type Tampered } from '../tampering.ts';

/** Edits and deletions by hand in prod: found, shown as a diff, repaired; then once more while nobody looks. */
export const repairEdits: Step = {
  title: 'Somebody edits and deletes things in prod by hand',
  run: async (stage) => {
    const wanted = await stage.wantedOf(prod);
    const tampered = findTargets(wanted);
    const found = [await pauseServe(stage), ...(await tamperAndDiff(stage, tampered))];
    const repaired = await repair(stage, tampered, wanted);
    if (isHopeless(repaired)) return [...found, ...repaired];
    const again = [
      await repairUnattended(stage, tampered, wanted),
      await awaitSyncedAndHealthy(stage, [prod]),
      await checkNoDifference(stage),
    ];
    stage.narrator.point('the diff above: it names who changed a field, and by which tool');
    return [...found, ...repaired, ...again];
  },
};

async function pauseServe({ narrator, plumb }: Stage): Promise<Check> {
  narrator.tell('plumb serve is stopped for a moment, so that there is time to look. Then, in prod, somebody does:');
  const exit = await plumb.endServe();
  return { what: 'plumb serve ends cleanly when it is asked to', ok: exit === 0, detail: `exit code ${exit}` };
}

async function tamperAndDiff(stage: Stage, tampered: readonly Tampered[]): Promise<readonly Check[]> {
  const { narrator, plumb } = stage;
  await meddle(stage, tampered);
  const [shown, asData] = await Promise.all([
    plumb.run('diff', prod.application),
    plumb.run('diff', prod.application, '-o', 'json'),
  ]);
  narrator.show(`plumb diff ${prod.application}`, `${shown.stdout}${shown.stderr}`);
  const exitCode = {
    what: 'plumb diff ends with 1, as there are differences',
    ok: shown.exitCode === 1,
    detail: `exit code ${shown.exitCode}`,
  };
  const { differences } = parseDiff(asData);
  const only = {
    what: 'it names these objects and no other',
    ok: differences.length === tampered.length,
    detail: differences.map(({ kind, name }) => `${kind} ${name}`).join(', '),
  };
  return [exitCode, only, ...tampered.map((each) => checkFound(each, differences))];
}

function checkFound({ wanted, shown }: Tampered, differences: readonly Difference[]): Check {
  const what = `found: ${nameOf(wanted)}`;
  const found = differences.find(({ kind, name }) => kind === wanted.kind && name === wanted.metadata.name);
  if (found === undefined) return { what, ok: false, detail: 'plumb diff does not name it' };
  const text = JSON.stringify(found);
  const absent = shown.filter((words) => !text.includes(words));
  const detail = absent.length === 0 ? `to ${found.change}` : `its diff lacks ${absent.join(', ')}\n${found.diff}`;
  return { what, ok: absent.length === 0, detail };
}

async function repair(
  stage: Stage,
  tampered: readonly Tampered[],
  wanted: readonly Manifest[],
): Promise<readonly Check[]> {
  const { narrator, plumb } = stage;
  narrator.show(`plumb serve ${serveFlags.join(' ')}`);
  const logged = plumb.readServeLog().length;
  const since = performance.now();
  plumb.startServe(...serveFlags);
  const whole = await awaitEnvironment(stage, { environment: prod, wanted, since });
  narrator.show(`tail ${plumb.serveLog}`, plumb.readServeLog().slice(logged));
  return [...(await Promise.all(tampered.map((each) => checkRepaired(stage, each)))), whole];
}

async function checkRepaired({ cluster }: Stage, { wanted }: Tampered): Promise<Check> {
  const differences = await inspectObject(wanted, cluster);
  return { what: `repaired: ${nameOf(wanted)}`, ok: differences.length === 0, detail: differences.join('\n') };
}

/** The same again with plumb serve at work: its next look at the cluster finds it. */
async function repairUnattended(
  stage: Stage,
  tampered: readonly Tampered[],
  wanted: readonly Manifest[],
): Promise<Check> {
  stage.narrator.tell('Once more, with plumb serve at work:');
  const since = performance.now();
  await meddle(stage, tampered);
  const check = await awaitEnvironment(stage, { environment: prod, wanted, since });
  return { ...check, what: `${prod.application}: the same again is repaired with nobody asking` };
}

async function checkNoDifference({ plumb }: Stage): Promise<Check> {
  const { exitCode, stdout, stderr } = await plumb.run('diff', prod.application);
  return {
    what: 'plumb diff then finds nothing',
    ok: exitCode === 0,
    detail: exitCode === 0 ? '' : `exit code ${exitCode}\n${stdout}${stderr}`,
  };
}

type Difference = { readonly kind: string; readonly name: string; readonly change: string; readonly diff: string };

function parseDiff({ stdout, stderr }: PlumbResult): { readonly differences: readonly Difference[] } {
  if (stdout.trim() === '')
    throw new Error(`plumb diff -o json printed nothing on standard output; it said\n${stderr}`);
  return JSON.parse(stdout) as { readonly differences: readonly Difference[] };
}
