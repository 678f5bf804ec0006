import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export type SecretEventsProps = { readonly relay: IFunction; readonly deadLetters: IQueue };

/** Tells the relay of each secret and parameter of this account and region that has a new value. */
export class SecretEvents extends Construct {
  constructor(scope: Construct, id: string, { relay, deadLetters }: SecretEventsProps) {
    super(scope, id);
    for (const [name, eventPattern] of Object.entries(patterns)) {
      const rule = new Rule(this, name, {
        description: `Plumbline: a ${name.toLowerCase()} has a new value`,
        eventPattern,
      });
      rule.addTarget(
        new LambdaFunction(relay, { deadLetterQueue: deadLetters, retryAttempts: 8, maxEventAge: Duration.hours(1) }),
      );
    }
  }
}

const patterns: { readonly [name: string]: EventPattern } = {
  Secret: { source: ['aws.secretsmanager'], detailType: ['Secret Label Updated'] },
  // The settings of Plumbline are parameters, too: a deploy is taken up at once.
  Parameter: {
    source: ['aws.ssm'],
    detailType: ['Parameter Store Change'],
    detail: { operation: ['Create', 'Update', 'LabelParameterVersion'] },
  },
};
