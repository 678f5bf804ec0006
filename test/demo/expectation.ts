import { formatElapsed } from '../../cli/duration.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import type { Environment } from './environment.ts';
import { inspectEnvironment } from './inspect.ts';
import type { Stage } from './stage.ts';
import type { Check } from './step.ts';
import { waitUntil } from './wait-until.ts';

const timeoutMs = 60_000;

export type Expectation = {
  readonly environment: Environment;
  readonly wanted: readonly Manifest[];
  /** When the clock started, as `performance.now()` gives it. */
  readonly since: number;
};

/** Waits until an environment is, object by object and field by field, as wanted and rolled out; tells how long that took. */
export async function awaitEnvironment(stage: Stage, { environment, wanted, since }: Expectation): Promise<Check> {
  const lacking = (): Promise<readonly string[]> => {
    stage.plumb.checkServe();
    return inspectEnvironment(environment, wanted, stage.cluster);
  };
  const { ms, missing } = await waitUntil(lacking, { timeoutMs, signal: stage.signal, tell: teller(stage), since });
  const ok = missing.length === 0;
  if (ok) stage.narrator.clock(ms, `${environment.application} is healthy`);
  return {
    what: `${environment.application}: ${wanted.length} objects are as Git wants them, none is too many, all is rolled out`,
    ok,
    detail: ok ? `after ${formatElapsed(ms)}` : [`still not after ${formatElapsed(ms)}`, ...missing].join('\n'),
  };
}

/** Checks that an environment is still as it was wanted before. */
export async function checkUntouched(
  stage: Stage,
  { environment, wanted }: Omit<Expectation, 'since'>,
): Promise<Check> {
  const differences = await inspectEnvironment(environment, wanted, stage.cluster);
  return {
    what: `${environment.application} is untouched`,
    ok: differences.length === 0,
    detail: differences.join('\n'),
  };
}

type Listed = {
  readonly name: string;
  readonly sync: { readonly code: string };
  readonly health: { readonly code: string };
};

/** Waits until `plumb list` itself calls the applications Synced and Healthy. */
export async function awaitSyncedAndHealthy(stage: Stage, environments: readonly Environment[]): Promise<Check> {
  const lacking = async (): Promise<readonly string[]> => {
    stage.plumb.checkServe();
    const { stdout, stderr } = await stage.plumb.run('list', '-o', 'json');
    if (stdout.trim() === '') return [`plumb list -o json printed nothing on standard output; it said\n${stderr}`];
    const listed = JSON.parse(stdout) as readonly Listed[];
    return environments.flatMap(({ application }) => {
      const { sync, health } = listed.find(({ name }) => name === application) ?? {};
      return sync?.code === 'Synced' && health?.code === 'Healthy'
        ? []
        : [`${application} is ${sync?.code} and ${health?.code}`];
    });
  };
  const { missing } = await waitUntil(lacking, { timeoutMs, signal: stage.signal, tell: teller(stage) });
  const names = environments.map(({ application }) => application).join(', ');
  return { what: `plumb list calls ${names} Synced and Healthy`, ok: missing.length === 0, detail: missing.join('\n') };
}

function teller({ narrator }: Stage): (missing: readonly string[]) => void {
  return ([first = '', ...more]) =>
    narrator.tell(`still waiting: ${first}${more.length === 0 ? '' : `, and ${more.length} more`}`);
}

/** True when nothing can come of what builds on these checks. */
export function isHopeless(checks: readonly Check[]): boolean {
  return checks.some(({ ok }) => !ok);
}
