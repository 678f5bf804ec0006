import { Aws, type Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { allow } from './allow.ts';

/** What is to run at which pace. */
export type Tick = {
  readonly run: IFunction;
  readonly every: Duration;
  readonly input: object;
  readonly description: string;
};

/** The clock of a zone: it runs the functions of that zone, at once when it is made and then at their paces. */
export class Clock extends Construct {
  readonly #role: Role;
  readonly #deadLettersArn: string;

  constructor(scope: Construct, id: string, { deadLettersArn }: { readonly deadLettersArn: string }) {
    super(scope, id);
    this.#deadLettersArn = deadLettersArn;
    this.#role = new Role(this, 'Role', {
      description: 'Lets EventBridge Scheduler run the functions of this zone',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    allow(this.#role, { actions: ['sqs:SendMessage'], resources: [deadLettersArn] });
  }

  /** Adds a tick. */
  tick(id: string, { run, every, input, description }: Tick): void {
    allow(this.#role, { actions: ['lambda:InvokeFunction'], resources: [run.functionArn] });
    const schedule = new CfnSchedule(this, id, {
      description,
      scheduleExpression: rateOf(every),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: run.functionArn,
        roleArn: this.#role.roleArn,
        input: Stack.of(this).toJsonString(input),
        // The next tick does all that this one would have done.
        retryPolicy: { maximumRetryAttempts: 1, maximumEventAgeInSeconds: 60 },
        deadLetterConfig: { arn: this.#deadLettersArn },
      },
    });
    schedule.node.addDependency(this.#role);
  }
}

function rateOf(every: Duration): string {
  const minutes = every.toMinutes();
  return minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`;
}
