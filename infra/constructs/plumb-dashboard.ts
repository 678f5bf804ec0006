import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type MetricName, plumbMetric } from './metrics.ts';
import { namePrefix, workQueue } from './names.ts';

/** What an installation does, at a glance: its applications above, and a row for each zone. */
export class PlumbDashboard extends Dashboard {
  readonly #installation: string;

  constructor(scope: Construct, id: string, { installation }: { readonly installation: string }) {
    super(scope, id, { dashboardName: namePrefix(installation), defaultInterval: Duration.hours(12) });
    this.#installation = installation;
    this.addWidgets(
      this.#graph('Oldest good check', ['CheckAge']),
      this.#graph('Syncs', ['SyncsSucceeded', 'SyncsFailed']),
      this.#graph('Drift', ['Drifted', 'Repairs']),
      this.#graph('Work', ['Pushes', 'Renders', 'HandBacks']),
      this.#graph('Does not answer', ['ProbesFailed', 'ClustersAway']),
    );
  }

  /** Adds the functions of a zone. */
  addFunctions(zone: string, functions: { readonly [name: string]: IFunction }): void {
    const all = Object.entries(functions);
    this.addWidgets(
      toGraph(
        `${zone}: errors`,
        all.map(([label, one]) => one.metricErrors({ label })),
      ),
      toGraph(
        `${zone}: runs`,
        all.map(([label, one]) => one.metricInvocations({ label })),
      ),
      toGraph(
        `${zone}: duration (p95)`,
        all.map(([label, one]) => one.metricDuration({ label, statistic: 'p95' })),
      ),
    );
  }

  /** Adds the queues of a zone. */
  addQueues(zone: string): void {
    const age = (work: 'sync' | 'restore'): IMetric =>
      this.#queueMetric(workQueue(this.#installation, work, zone).name);
    this.addWidgets(toGraph(`${zone}: oldest message`, [age('sync'), age('restore')]));
  }

  #queueMetric(QueueName: string): IMetric {
    return new Metric({
      namespace: 'AWS/SQS',
      metricName: 'ApproximateAgeOfOldestMessage',
      statistic: 'Maximum',
      dimensionsMap: { QueueName },
      label: QueueName,
    }) as IMetric;
  }

  #graph(title: string, names: readonly MetricName[]): GraphWidget {
    return toGraph(
      title,
      names.map((name) => plumbMetric(name, { installation: this.#installation }) as IMetric),
    );
  }
}

function toGraph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 6, height: 6 });
}
