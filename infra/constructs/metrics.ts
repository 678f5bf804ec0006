import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName } from './sizes.ts';

export const metricNamespace = 'Plumbline';

export const metricNames = [
  'CheckAge',
  'Scanned',
  'ClustersAway',
  'Drifted',
  'Repairs',
  'SyncsSucceeded',
  'SyncsFailed',
  'HandBacks',
  'Renders',
  'ProbesFailed',
  'Pushes',
] as const;

export type MetricName = (typeof metricNames)[number];

/** Which function writes a metric, and how its values are put together. */
export type Written = {
  readonly by: FunctionName;
  readonly statistic: 'Maximum' | 'Sum';
  readonly ofCluster?: true;
};

/**
 * The metrics that functions write into their logs (EMF). Their dimensions are `service`, which is the function, `installation`, and
 * `cluster`, which is the cluster's id, where it is of one cluster.
 */
const metrics: { readonly [name in MetricName]: Written } = {
  /** Seconds since the application that has waited longest was last seen as it should be. */
  CheckAge: { by: 'scan', statistic: 'Maximum' },
  /** Scans that saw the whole cluster. */
  Scanned: { by: 'scan', statistic: 'Sum', ofCluster: true },
  /** Scans of clusters that did not answer. */
  ClustersAway: { by: 'scan', statistic: 'Sum' },
  /** Applications found different from what they should be. */
  Drifted: { by: 'scan', statistic: 'Sum' },
  /** Drift that was undone. */
  Repairs: { by: 'sync', statistic: 'Sum' },
  SyncsSucceeded: { by: 'sync', statistic: 'Sum' },
  SyncsFailed: { by: 'sync', statistic: 'Sum' },
  /** Operations that go on in a later invocation. */
  HandBacks: { by: 'sync', statistic: 'Sum' },
  Renders: { by: 'render', statistic: 'Sum' },
  /** Repositories that did not answer. */
  ProbesFailed: { by: 'schedule', statistic: 'Sum' },
  /** Deliveries that told of something new. */
  Pushes: { by: 'webhook', statistic: 'Sum' },
};

/** Whose metric it is, and over what time it is put together. */
export type MetricOf = { readonly installation: string; readonly cluster?: string; readonly period?: Duration };

/** A metric of an installation, or of one of its clusters. */
export function plumbMetric(metricName: MetricName, { installation, cluster, period }: MetricOf): Metric {
  const { by: service, statistic } = metrics[metricName];
  return new Metric({
    namespace: metricNamespace,
    metricName,
    statistic,
    period: period ?? Duration.minutes(5),
    dimensionsMap: { service, installation, ...(cluster === undefined ? {} : { cluster }) },
  });
}
