import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnRule, EventBus } from 'aws-cdk-lib/aws-events';
import { CfnResourcePolicy, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** The bus of state changes, and a log of them that people can follow. */
export class StateEvents extends Construct {
  readonly bus: EventBus;
  readonly log: LogGroup;

  constructor(scope: Construct, id: string, { prefix }: { readonly prefix: string }) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: prefix,
      description: 'What Plumbline did to applications, and what it found',
    });
    this.log = new LogGroup(this, 'Log', {
      // EventBridge writes to groups of this prefix.
      logGroupName: `/aws/events/${prefix}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const policy = this.#letEventsWrite(prefix);
    const rule = new CfnRule(this, 'ToLog', {
      description: 'Every state change goes to the log',
      eventBusName: this.bus.eventBusName,
      eventPattern: { source: ['plumbline'] },
      targets: [{ id: 'log', arn: this.#logArn(prefix) }],
    });
    rule.node.addDependency(policy, this.log);
  }

  #logArn(prefix: string): string {
    return `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/aws/events/${prefix}`;
  }

  #letEventsWrite(prefix: string): CfnResourcePolicy {
    const statement = {
      Effect: 'Allow',
      Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: `${this.#logArn(prefix)}:*`,
      Condition: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    };
    const policyDocument = Stack.of(this).toJsonString({ Version: '2012-10-17', Statement: [statement] });
    return new CfnResourcePolicy(this, 'LogPolicy', { policyName: `${prefix}-events`, policyDocument });
  }
}
