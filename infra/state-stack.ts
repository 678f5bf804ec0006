import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Alarms } from './constructs/alarms.ts';
import { explain } from './constructs/allow.ts';
import type { Installation } from './constructs/installation.ts';
import { namePrefix } from './constructs/names.ts';
import { StateBucket, type StateBucketProps } from './constructs/state-bucket.ts';
import { StateEvents } from './constructs/state-events.ts';

export type StateStackProps = StackProps &
  Omit<StateBucketProps, 'deadLetters'> & { readonly installation: Installation };

/** What other stacks know of the state: values of exports with names of their own, which stay whoever uses them. */
export type StateExports = {
  readonly bucketName: string;
  readonly bucketArn: string;
  readonly keyArn: string;
  readonly eventBusName: string;
  readonly eventBusArn: string;
  readonly eventLogName: string;
  readonly deadLettersArn: string;
  readonly deadLettersUrl: string;
  readonly failedWorkArn: string;
  readonly outboxArn: string;
  readonly outboxUrl: string;
};

/** Where truth lives, and where dead letters end. It holds no function. */
export class StateStack extends Stack {
  readonly state: StateBucket;
  readonly events: StateEvents;
  /** Messages that could not be read or delivered. */
  readonly deadLetters: Queue;
  /** Work that came back too often. */
  readonly failedWork: Queue;
  readonly exports: StateExports;

  constructor(scope: Construct, id: string, { installation, objectLock, replica, ...props }: StateStackProps) {
    super(scope, id, { description: `Plumbline ${installation.id}: state, dead letters and events`, ...props });
    this.deadLetters = this.#createDeadLetters('DeadLetters', false);
    this.failedWork = this.#createDeadLetters('FailedWork', true);
    this.state = new StateBucket(this, 'State', {
      deadLetters: this.deadLetters,
      ...(objectLock === undefined ? {} : { objectLock }),
      ...(replica === undefined ? {} : { replica }),
    });
    this.events = new StateEvents(this, 'Events', { prefix: namePrefix(installation.id) });
    this.exports = this.#export(namePrefix(installation.id));
    const alarms = new Alarms(this, 'Alarms', installation);
    alarms.watchDeadLetters('DeadLetters', this.deadLetters);
    alarms.watchDeadLetters('FailedWork', this.failedWork);
    alarms.watchAge('Outbox', this.state.outbox, Duration.minutes(15));
    new CfnOutput(this, 'Store', { value: `s3://${this.state.bucket.bucketName}`, description: 'plumb --store …' });
    new CfnOutput(this, 'EventBus', { value: this.events.bus.eventBusName });
  }

  #createDeadLetters(id: string, fifo: boolean): Queue {
    const queue = new Queue(this, id, {
      ...(fifo ? { fifo } : {}),
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    explain(queue, 'AwsSolutions-SQS3', 'It is a dead-letter queue itself.');
    return queue;
  }

  #export(prefix: string): StateExports {
    const { bucket, key, outbox } = this.state;
    const { bus, log } = this.events;
    const give = (name: string, value: string): string => this.exportValue(value, { name: `${prefix}-${name}` });
    return {
      bucketName: give('bucket', bucket.bucketName),
      bucketArn: give('bucket-arn', bucket.bucketArn),
      keyArn: give('key-arn', key.keyArn),
      eventBusName: give('event-bus', bus.eventBusName),
      eventBusArn: give('event-bus-arn', bus.eventBusArn),
      eventLogName: give('event-log', log.logGroupName),
      deadLettersArn: give('dead-letters-arn', this.deadLetters.queueArn),
      deadLettersUrl: give('dead-letters', this.deadLetters.queueUrl),
      failedWorkArn: give('failed-work-arn', this.failedWork.queueArn),
      outboxArn: give('outbox-arn', outbox.queueArn),
      outboxUrl: give('outbox', outbox.queueUrl),
    };
  }
}
