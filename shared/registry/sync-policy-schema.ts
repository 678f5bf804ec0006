import * as z from 'zod';
import type { SyncPolicy } from '../model/application.ts';
import { parseDuration } from './parse-duration.ts';
import { stringMap } from './read-shape.ts';

const automatedRetries = 5;

const duration = z.union([z.string(), z.int()], { error: 'is not a duration' }).transform((value, context) => {
  const milliseconds = parseDuration(String(value));
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({
    code: 'custom',
    message: `is ${JSON.stringify(value)}; expected a duration such as 5s, 1m30s, or 90 for seconds`,
  });
  return z.NEVER;
});

const automated = z.object({
  enabled: z.boolean().default(true),
  prune: z.boolean().default(false),
  selfHeal: z.boolean().default(false),
  allowEmpty: z.boolean().default(false),
});

const retry = z.object({
  limit: z.int().exactOptional(),
  refresh: z.boolean().exactOptional(),
  backoff: z
    .object({
      duration: duration.prefault('5s'),
      factor: z.int().min(1, { error: 'is less than 1' }).default(2),
      maxDuration: duration.prefault('3m'),
    })
    .prefault({}),
});

/** When and how to sync, with Argo CD's defaults; `automated` is absent when it is switched off. */
export const syncPolicySchema: z.ZodType<SyncPolicy> = z
  .object({
    automated: automated.exactOptional(),
    syncOptions: z.array(z.string()).default([]),
    retry: retry.prefault({}),
    managedNamespaceMetadata: z
      .object({ labels: stringMap.default({}), annotations: stringMap.default({}) })
      .exactOptional(),
  })
  .transform(({ automated: written, retry: { limit, backoff }, ...rest }) => {
    const { enabled = false, ...options } = written ?? { prune: false, selfHeal: false, allowEmpty: false };
    return {
      ...rest,
      ...(enabled ? { automated: options } : {}),
      retry: {
        limit: limit ?? (enabled ? automatedRetries : 0),
        backoffMs: backoff.duration,
        factor: backoff.factor,
        maxBackoffMs: backoff.maxDuration,
      },
    };
  });
