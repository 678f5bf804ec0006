import { prod } from '../environment.ts';
import { awaitEnvironment, awaitSyncedAndHealthy, isHopeless } from '../expectation.ts';
import { readStatus } from '../read-status.ts';
import type { Stage } from '../stage.ts';
import type { Check, Step } from '../step.ts';

const patch = 'friendly-answers-from-documents.patch';

/** The rollback ends by itself when Git has something better. */
export const resumeWithFix: Step = {
  title: 'The fix is merged, and prod goes on by itself',
  run: async (stage) => {
    const { narrator, plumb, team } = stage;
    narrator.show(`git am ${patch} && git push origin main`);
    const since = performance.now();
    const commit = await team.pushPatch(patch, prod.branch);
    const check = await awaitEnvironment(stage, { environment: prod, wanted: await stage.wantedOf(prod), since });
    const fixed = { ...check, detail: `${check.detail} from the push of ${commit.slice(0, 7)}` };
    if (isHopeless([fixed])) return [fixed];
    const said = await awaitSyncedAndHealthy(stage, [prod]);
    narrator.show(`plumb history ${prod.application}`, (await plumb.run('history', prod.application)).stdout);
    return [fixed, said, await checkUnpinned(stage)];
  },
};

async function checkUnpinned(stage: Stage): Promise<Check> {
  const { pin } = await readStatus(stage, prod);
  return {
    what: 'nobody had to unpin it',
    ok: pin === null,
    detail: pin === null ? '' : `it is pinned to ${pin.snapshot} still`,
  };
}
