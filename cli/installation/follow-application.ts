import type { FollowCause } from '../../shared/model/job.ts';
import { chooseApplication } from '../choose-applications.ts';
import { clusterOf, declaredIn } from './find-declared.ts';
import { type Steering, sendJobs } from './steering.ts';

/** Has an installation look at an application, and do what its policy says. It is not waited for. */
export async function askToFollow(name: string, cause: FollowCause, steering: Steering): Promise<void> {
  const chosen = chooseApplication(await declaredIn(steering), name);
  const { zone } = await clusterOf(chosen, steering);
  await sendJobs([{ zone, group: name, job: { work: 'follow', application: name, cause } }], steering);
}
