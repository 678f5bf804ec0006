import * as z from 'zod';
import { scanRegistered } from '../shared/workflows/jobs/scan-cluster-job.ts';
import { tidyStore } from '../shared/workflows/serve/tidy-store.ts';
import { type Handle, lambda, logger } from './middleware.ts';
import { currentJob } from './runtime/current-job.ts';
import { openSync } from './runtime/sync.ts';
import { tellScan } from './tell-scan.ts';

const schema = z.union([z.object({ cluster: z.string().min(1) }), z.object({ tidy: z.literal(true) })]);

/** Looks for what has moved in a cluster, or takes away what need not be kept. */
export const handler: Handle<unknown, void> = lambda(async (tick, { awsRequestId }) => {
  const asked = schema.parse(tick);
  const { ports } = await openSync();
  currentJob.set(awsRequestId);
  if ('tidy' in asked) return tidyStore(undefined, ports);
  const startedAt = performance.now();
  const outcome = await scanRegistered(asked.cluster, `scan ${awsRequestId}`, ports);
  tellScan(outcome, performance.now() - startedAt);
  logger.info('scanned', { ...outcome });
});
