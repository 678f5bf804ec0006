import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { adviceOf } from '../shared/errors.ts';
import type { Reporter } from '../shared/ports.ts';
import { installation } from './runtime.ts';

/** The log of a function; what is appended to it goes with the invocation. */
export const logger: Logger = new Logger();

/** The metrics of a function, as part of its log. */
export const metrics: Metrics = new Metrics({ defaultDimensions: { installation } });

/** Tells what is going on: troubles in the log, the rest only where the log's level is DEBUG. */
export const reporter: Reporter = {
  report: (progress) => {
    if (progress.type !== 'notice') return;
    const { level, message, application } = progress;
    const more = application === undefined ? {} : { application };
    if (level === 'error') logger.error(message, more);
    else if (level === 'warning') logger.warn(message, more);
    else logger.debug(message, more);
  },
};

/** Adds to a count, or tells a value, of this invocation. */
export function count(name: string, value: number): void {
  if (value > 0) metrics.addMetric(name, MetricUnit.Count, value);
}

/** What Lambda calls. */
export type Handle<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/** The one stack that all handlers stand on: context, logs, metrics, errors. */
export function lambda<Event, Result>(handle: Handle<Event, Result>): Handle<Event, Result> {
  return middy<Event, Result>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics, { captureColdStartMetric: true }))
    .use({ onError: ({ error }) => logger.error(error === null ? 'it failed' : adviceOf(error)) })
    .handler(handle) as unknown as Handle<Event, Result>;
}
