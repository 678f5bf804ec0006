import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';

export const metricNamespace = 'Plumbline';

/**
 * The metrics that functions write into their logs (EMF), and how they are put together. Their dimensions are `installation` alone, and
 * `installation` with `cluster` (the cluster's id) where `byCluster` says so; `service` is none of them.
 */
export const metrics = {
  /** Seconds since the application that has waited longest was last seen as it should be. */
  CheckAge: { statistic: 'Maximum', byCluster: false },
  /** Seconds since the cluster's last finished scan. */
  ScanAge: { statistic: 'Maximum', byCluster: true },
  /** Drift that was undone. */
  Repairs: { statistic: 'Sum', byCluster: false },
  SyncsSucceeded: { statistic: 'Sum', byCluster: false },
  SyncsFailed: { statistic: 'Sum', byCluster: false },
  /** Applications found different from what they should be. */
  Drifted: { statistic: 'Sum', byCluster: false },
  /** Operations that go on in a later invocation. */
  HandBacks: { statistic: 'Sum', byCluster: false },
  Renders: { statistic: 'Sum', byCluster: false },
} as const;

export type MetricName = keyof typeof metrics;

/** A metric of an installation, or of one of its clusters. */
export function plumbMetric(
  name: MetricName,
  { installation, cluster, period }: { installation: string; cluster?: string; period?: Duration },
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName: name,
    statistic: metrics[name].statistic,
    period: period ?? Duration.minutes(5),
    dimensionsMap: { installation, ...(cluster === undefined ? {} : { cluster }) },
  });
}
