import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { ScanOutcome } from '../shared/workflows/jobs/scan-cluster-job.ts';
import { count, metrics } from './middleware.ts';

/** What alarms watch: the age of the oldest check, and that clusters are scanned at all. */
export function tellScan({ cluster, drifted, isAway, oldestCheckMs }: ScanOutcome, ms: number): void {
  count('Drifted', drifted);
  metrics.addMetric('CheckAge', MetricUnit.Seconds, Math.round(oldestCheckMs / 1000));
  const single = metrics.singleMetric();
  single.addDimension('cluster', cluster);
  if (!isAway) single.addMetric('Scanned', MetricUnit.Count, 1);
  else metrics.addMetric('ClustersAway', MetricUnit.Count, 1);
  metrics.addMetric('ScanTime', MetricUnit.Milliseconds, Math.round(ms));
}
