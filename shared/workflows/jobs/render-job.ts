import { attempt } from '../../apply/attempt.ts';
import type { JobMessage, RenderJob } from '../../model/job.ts';
import { keys } from '../../state/keys.ts';
import { digestRefs } from '../../state/refs.ts';
import { comparableRepository } from '../serve/concerned-applications.ts';
import type { ControlRepository } from '../serve/declare.ts';
import { controlRefs, declareAgain, seenOfControl } from './declare-job.ts';
import type { RenderPorts } from './job-ports.ts';
import { lookAtRepository } from './look-job.ts';
import { askTogether } from './refs-together.ts';
import type { RenderedAll } from './render-all.ts';

/** Does what those who render are asked. A push to where applications are declared is looked at for what it declares, too, and first. */
export async function renderJob(
  { job, origin }: JobMessage<RenderJob>,
  control: ControlRepository,
  ports: RenderPorts,
): Promise<RenderedAll> {
  if (job.work === 'declare') return declareAgain(control, origin, ports);
  if (!(await declaresAnew(job.repoURLs, control, ports))) return lookAtRepository(job.repoURLs, origin, ports);
  const declared = await attempt(declareAgain(control, origin, ports));
  const looked = await lookAtRepository(job.repoURLs, origin, ports);
  // One application that cannot be rendered for the moment keeps none from being looked at.
  if (!declared.ok) throw declared.error;
  return sum(declared.value, looked);
}

async function declaresAnew(
  repoURLs: readonly string[],
  control: ControlRepository,
  { git, store, kept }: RenderPorts,
): Promise<boolean> {
  const own = comparableRepository(control.repoURL);
  if (!repoURLs.some((repoURL) => comparableRepository(repoURL) === own)) return false;
  await kept.refs.load(store);
  const digest = digestRefs(await askTogether(git, controlRefs(control)).all(control.repoURL));
  return kept.refs.valueOf(keys.refs(seenOfControl(control)))?.digest !== digest;
}

function sum(one: RenderedAll, other: RenderedAll): RenderedAll {
  return { looked: one.looked + other.looked, news: one.news + other.news, pending: one.pending + other.pending };
}
