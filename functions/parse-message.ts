import * as z from 'zod';
import { messageOf, PlumbError } from '../shared/errors.ts';
import {
  followCauses,
  type Job,
  type JobMessage,
  type RenderJob,
  type RestoreJob,
  type SyncJob,
} from '../shared/model/job.ts';

const application = z.string().min(1);

const renderJob = z.discriminatedUnion('work', [
  z.object({ work: z.literal('declare') }),
  z.object({ work: z.literal('look'), repoURLs: z.array(z.string().min(1)).min(1) }),
]);

const syncJob = z.discriminatedUnion('work', [
  z.object({ work: z.literal('follow'), application, cause: z.enum(followCauses) }),
  z.object({
    work: z.literal('sync'),
    application,
    prune: z.boolean().exactOptional(),
    approvePrune: z.boolean().exactOptional(),
    resources: z.array(z.string()).exactOptional(),
  }),
  z.object({ work: z.literal('unpin'), application }),
  z.object({
    work: z.literal('rollback'),
    application,
    snapshot: z.string().exactOptional(),
    until: z.enum(['git-moves', 'unpinned']).exactOptional(),
    secrets: z.literal('as-of-snapshot').exactOptional(),
    why: z.string().exactOptional(),
  }),
]);

const restoreJob = z.object({
  work: z.literal('restore'),
  cluster: z.string().min(1),
  to: z.string().exactOptional(),
  at: z.iso.datetime().exactOptional(),
  apps: z.string().exactOptional(),
});

/** Reads a message of the render queue; PlumbError `message-invalid`. */
export function parseRenderMessage(body: string): JobMessage<RenderJob> {
  return parse(body, renderJob);
}

/** Reads a message of a sync queue; PlumbError `message-invalid`. */
export function parseSyncMessage(body: string): JobMessage<SyncJob> {
  return parse(body, syncJob);
}

/** Reads a message of a restore queue; PlumbError `message-invalid`. */
export function parseRestoreMessage(body: string): JobMessage<RestoreJob> {
  return parse(body, restoreJob);
}

function parse<Work extends Job>(body: string, job: z.ZodType<Work>): JobMessage<Work> {
  const tries = z.number().int().nonnegative().exactOptional();
  const parsed = z.object({ job, origin: z.string().min(1), tries }).safeParse(fromJson(body));
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

function fromJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw invalid(messageOf(error));
  }
}

function invalid(why: string): PlumbError {
  return new PlumbError('message-invalid', `a message cannot be read: ${why}`, {
    hint: 'it is among the dead letters; whoever sent it is of another version, or is not Plumbline',
  });
}
