import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Installation } from './installation.ts';
import { plumbMetric } from './metrics.ts';

type Watch = {
  readonly metric: IMetric;
  readonly description: string;
  /** It rings above this, or below that. */
  readonly above?: number;
  readonly below?: number;
  /** How many of how many periods have to be above. */
  readonly of?: readonly [bad: number, periods: number];
  readonly missing?: TreatMissingData;
};

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = ComparisonOperator;
const fiveMinutes = Duration.minutes(5);

/** The alarms of a zone. What each means, and what to do first, is in docs/operations.md. */
export class Alarms extends Construct {
  readonly #installation: Installation;

  constructor(scope: Construct, id: string, installation: Installation) {
    super(scope, id);
    this.#installation = installation;
  }

  /** A function that fails, or that AWS does not let run. */
  watchFunction(name: string, watched: IFunction): void {
    this.#watch(`${name}Errors`, {
      metric: watched.metricErrors({ period: fiveMinutes }),
      description: `The function ${name} fails again and again: read its log`,
      above: 0,
      of: [2, 3],
    });
    this.#watch(`${name}Throttles`, {
      metric: watched.metricThrottles({ period: fiveMinutes }),
      description: `The function ${name} is held back: the account's concurrency, or the function's share of it, is used up`,
      above: 0,
      of: [3, 3],
    });
  }

  /** Work that is not done in time. */
  watchAge(name: string, queue: IQueue, longest: Duration): void {
    this.#watch(`${name}Age`, {
      metric: queue.metricApproximateAgeOfOldestMessage({ period: fiveMinutes }),
      description: `The oldest message of ${name} has waited for more than ${longest.toHumanString()}`,
      above: longest.toSeconds(),
      of: [3, 3],
    });
  }

  /** Messages that were given up. */
  watchDeadLetters(name: string, queue: IQueue): void {
    this.#watch(name, {
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: fiveMinutes, statistic: 'Maximum' }),
      description: `Messages were given up and lie in ${name}: each says why, or came back too often`,
      above: 0,
    });
  }

  /** An application that has not been seen as it should be for long. No report at all is as bad. */
  watchChecks(longest: Duration): void {
    this.#watch('CheckAge', {
      metric: plumbMetric('CheckAge', { installation: this.#installation.id }),
      description: `An application was last seen as it should be more than ${longest.toHumanString()} ago`,
      above: longest.toSeconds(),
      of: [3, 3],
      missing: TreatMissingData.BREACHING,
    });
  }

  /** Something that changes back what Plumbline repairs. */
  watchRepairs(mostPerHour: number): void {
    this.#watch('Repairs', {
      metric: plumbMetric('Repairs', { installation: this.#installation.id, period: Duration.hours(1) }),
      description: `Drift was repaired more than ${mostPerHour} times in an hour: someone or something works against Git`,
      above: mostPerHour,
    });
  }

  /** A cluster that is not looked at any more, or does not answer. */
  watchScans(name: string, cluster: string, every: Duration): void {
    // A missed tick is no news; a day is the longest that an alarm looks back.
    const period = Duration.seconds(Math.min(every.toSeconds() * 5, 86_400));
    this.#watch(`${name}Scans`, {
      metric: plumbMetric('Scanned', { installation: this.#installation.id, cluster, period }),
      description: `Cluster ${name} has not been scanned for ${period.toHumanString()}`,
      below: 1,
      missing: TreatMissingData.BREACHING,
    });
  }

  #watch(id: string, { metric, description, above, below = 0, of = [1, 1], missing }: Watch): void {
    const [datapointsToAlarm, evaluationPeriods] = of;
    const alarm = new Alarm(this, id, {
      metric,
      alarmDescription: `Plumbline ${this.#installation.id}: ${description}`,
      threshold: above ?? below,
      comparisonOperator: above === undefined ? LESS_THAN_THRESHOLD : GREATER_THAN_THRESHOLD,
      evaluationPeriods,
      datapointsToAlarm,
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
    });
    const { alarmTopic } = this.#installation;
    if (alarmTopic === undefined) return;
    const action = { bind: () => ({ alarmActionArn: alarmTopic }) };
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}
