import { scheduleLooks } from '../shared/workflows/jobs/schedule-looks.ts';
import { count, type Handle, lambda, logger } from './middleware.ts';
import { control, openSchedule } from './runtime/schedule.ts';

/** Asks each repository once whether it has moved, and has those looked at that have. */
export const handler: Handle<unknown, void> = lambda(async (_tick, { awsRequestId }) => {
  const outcome = await scheduleLooks(control, `tick ${awsRequestId}`, await openSchedule());
  count('ProbesFailed', outcome.failed);
  logger.info('probed', outcome);
});
