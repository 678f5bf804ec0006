import type { Manifest } from '../../../shared/model/manifest.ts';
import { type Environment, environments, prod } from '../environment.ts';
import { awaitEnvironment } from '../expectation.ts';
import { inspectEnvironment } from '../inspect.ts';
import { checkNothingLeaked } from '../leak-search.ts';
import { readStatus } from '../read-status.ts';
import type { Stage } from '../stage.ts';
import type { Check, Step } from '../step.ts';

type Expected = { readonly environment: Environment; readonly wanted: readonly Manifest[] };

/** Everything is gone but the store: the cluster for good, Git for now. */
export const restoreCluster: Step = {
  title: 'The cluster is lost while Git is down, and comes back from snapshots',
  run: async (stage) => {
    const { narrator, plumb, git } = stage;
    const expected: Expected[] = [];
    for (const environment of environments) expected.push({ environment, wanted: await stage.wantedOf(environment) });
    const { cluster } = await readStatus(stage, prod);
    await plumb.endServe();
    await git.stop();
    narrator.tell(
      'The Git host does not answer any more. Then the cluster dies; a new and empty one is set up in its place.',
    );
    await stage.replaceCluster();
    const empty = await checkEmpty(stage, expected);
    const since = performance.now();
    const { exitCode, stdout } = await plumb.run('restore', 'cluster', cluster);
    narrator.show(`plumb restore cluster ${cluster}`, stdout);
    narrator.clock(performance.now() - since, 'from the command to all restored and verified');
    const verified = {
      what: 'plumb restore has verified it by dry run, and ends with 0',
      ok: exitCode === 0,
      detail: `exit code ${exitCode}`,
    };
    const back = await Promise.all(expected.map((each) => awaitBack(stage, each, since)));
    return [empty, verified, ...back, await checkNothingLeaked(stage)];
  },
};

async function awaitBack(stage: Stage, { environment, wanted }: Expected, since: number): Promise<Check> {
  const check = await awaitEnvironment(stage, { environment, wanted, since });
  return {
    ...check,
    what: `${environment.application}: ${wanted.length} objects are back as they were, and all is rolled out`,
  };
}

async function checkEmpty({ cluster }: Stage, expected: readonly Expected[]): Promise<Check> {
  const lacking = await Promise.all(
    expected.map(({ environment, wanted }) => inspectEnvironment(environment, wanted, cluster)),
  );
  const absent = lacking.flat().filter((difference) => difference.endsWith('is absent')).length;
  const count = expected.flatMap(({ wanted }) => wanted).length;
  return {
    what: 'the new cluster has nothing of it',
    ok: absent === count,
    detail: `${absent} of ${count} objects are absent`,
  };
}
