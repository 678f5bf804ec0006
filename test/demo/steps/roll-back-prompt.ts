import { formatElapsed } from '../../../cli/duration.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { prod } from '../environment.ts';
import { awaitEnvironment, awaitSyncedAndHealthy, isHopeless } from '../expectation.ts';
import { readStatus } from '../read-status.ts';
import type { Stage } from '../stage.ts';
import type { Check, Step } from '../step.ts';
import { editPrompts } from '../tampering.ts';

const patch = 'friendlier-answers.patch';

/** A change that is as it should be for Kubernetes and wrong for people: taken back within seconds, with Git left alone. */
export const rollBackPrompt: Step = {
  title: 'A bad prompt is merged to prod, and rolled back',
  run: async (stage) => {
    const { narrator, plumb, team } = stage;
    const before = await stage.wantedOf(prod);
    narrator.show(`git am ${patch} && git push origin main`);
    const since = performance.now();
    const bad = await team.pushPatch(patch, prod.branch);
    const merged = await awaitEnvironment(stage, { environment: prod, wanted: await stage.wantedOf(prod), since });
    if (isHopeless([merged])) return [merged];
    narrator.tell('All is Synced and Healthy, and the answers are made up. Somebody is called:');
    narrator.show(`plumb history ${prod.application}`, (await plumb.run('history', prod.application)).stdout);
    const back = await rollBack(stage, before);
    if (isHopeless(back)) return [merged, ...back];
    return [
      merged,
      ...back,
      await checkGitUntouched(stage, bad),
      await checkStillRepaired(stage, before),
      await awaitSyncedAndHealthy(stage, [prod]),
      await checkPinned(stage, bad),
    ];
  },
};

async function rollBack(stage: Stage, wanted: readonly Manifest[]): Promise<readonly Check[]> {
  const { narrator, plumb } = stage;
  const since = performance.now();
  const { exitCode, stdout, stderr } = await plumb.run('rollback', prod.application);
  const ms = performance.now() - since;
  narrator.show(`plumb rollback ${prod.application}`, `${stdout}${stderr}`);
  narrator.clock(ms, 'from the command to all objects as they were');
  const ended = {
    what: 'plumb rollback ends with 0',
    ok: exitCode === 0,
    detail: `exit code ${exitCode}, after ${formatElapsed(ms)}`,
  };
  const check = await awaitEnvironment(stage, { environment: prod, wanted, since });
  const what = `${prod.application}: ${wanted.length} objects are as they were before the merge, none is too many, all is rolled out`;
  return [ended, { ...check, what }];
}

async function checkGitUntouched({ team }: Stage, bad: string): Promise<Check> {
  const tip = await team.tipOf(prod.branch);
  return { what: 'Git is untouched', ok: tip === bad, detail: `${prod.branch} is at ${tip.slice(0, 7)} still` };
}

/** Automated sync is still on: what somebody edits now is repaired, to what was rolled back to and not to what Git says. */
async function checkStillRepaired(stage: Stage, wanted: readonly Manifest[]): Promise<Check> {
  const since = performance.now();
  await editPrompts(stage, wanted);
  const check = await awaitEnvironment(stage, { environment: prod, wanted, since });
  return {
    ...check,
    what: `${prod.application}: automated sync is still on, and repairs an edit to what was rolled back to`,
  };
}

async function checkPinned(stage: Stage, bad: string): Promise<Check> {
  const { pin, refused } = await readStatus(stage, prod);
  const revisions = refused.flatMap(({ sources }) => sources.map(({ revision }) => revision));
  stage.narrator.show(`plumb status ${prod.application}`, (await stage.plumb.run('status', prod.application)).stdout);
  return {
    what: `plumb status says that it is pinned, and that ${bad.slice(0, 7)} is refused`,
    ok: pin !== null && revisions.includes(bad),
    detail: pin === null ? 'it is not pinned' : `pinned to ${pin.snapshot}`,
  };
}
