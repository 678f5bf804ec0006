import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { DeduplicationScope, FifoThroughputLimit, type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type FunctionName, functionSizes, visibilityOf } from './sizes.ts';

export type WorkQueueProps = {
  /** Whose work waits in it. */
  readonly worker: FunctionName;
  readonly queueName: string;
  /** Where messages end that came back too often. */
  readonly failed: IQueue;
};

/** A queue of work: a group after the other, any number of groups at once. */
export class WorkQueue extends Queue {
  readonly #worker: FunctionName;

  constructor(scope: Construct, id: string, { worker, queueName, failed }: WorkQueueProps) {
    const size = functionSizes[worker];
    super(scope, id, {
      queueName,
      fifo: true,
      // High throughput: limits of a group instead of those of the queue.
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      visibilityTimeout: visibilityOf(size),
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: failed, maxReceiveCount: size.receives ?? 5 },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    this.#worker = worker;
  }

  /** Lets a function work on what waits. */
  feed(worker: IFunction): void {
    feedFrom(this, worker, this.#worker);
  }
}

/** Lets a function work on what waits in a queue, a message at a time. */
export function feedFrom(queue: IQueue, worker: IFunction, name: FunctionName): void {
  const { atOnce } = functionSizes[name];
  worker.addEventSource(
    new SqsEventSource(queue, {
      batchSize: 1,
      reportBatchItemFailures: true,
      ...(atOnce === undefined ? {} : { maxConcurrency: atOnce }),
    }),
  );
}
