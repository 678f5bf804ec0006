import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { Role } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type EventInvokeConfigOptions,
  type ILayerVersion,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { allow } from './allow.ts';
import { bundledCode } from './bundling.ts';
import type { Installation } from './installation.ts';
import { metricNamespace } from './metrics.ts';
import { type FunctionName, functionSizes } from './sizes.ts';

/** Where a function runs that has to reach into a VPC. */
export type Network = {
  readonly vpc: IVpc;
  readonly vpcSubnets: SubnetSelection;
  readonly securityGroups: readonly ISecurityGroup[];
};

export type PlumbFunctionProps = {
  readonly installation: Installation;
  readonly name: FunctionName;
  readonly role: Role;
  readonly environment: { readonly [name: string]: string };
  readonly network?: Network;
  /** Programs for x86-64. */
  readonly layer?: ILayerVersion;
  /** Where events end that it could not take up; absent: they are let go, since the next tick does all that they asked for. */
  readonly lostEvents?: IQueue;
  /** It sends into a queue that it is fed from, directly or through others. */
  readonly goesRound?: boolean;
};

/** A function of Plumbline, with a log of its own. */
export class PlumbFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: PlumbFunctionProps) {
    const { installation, name, role, network, layer } = props;
    const { memoryMB, timeout, scratch, reserved } = functionSizes[name];
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      description: `Plumbline ${installation.id}: ${name}`,
      code: bundledCode(installation.handlers, name),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      // The programs of the layer are built for x86-64 alone; all else is cheaper on ARM.
      architecture: layer === undefined ? Architecture.ARM_64 : Architecture.X86_64,
      layers: layer === undefined ? [] : [layer],
      memorySize: memoryMB,
      timeout,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: { ...commonEnvironment(props), ...props.environment },
      ...eventRules(props),
      // Lambda ends what goes round 16 times. Our own bound ends an operation without progress earlier or later than that.
      recursiveLoop: props.goesRound === true ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
      ...(scratch === undefined ? {} : { ephemeralStorageSize: scratch }),
      ...(reserved === undefined || !installation.reserveConcurrency ? {} : { reservedConcurrentExecutions: reserved }),
      ...(network === undefined ? {} : { ...network, securityGroups: [...network.securityGroups] }),
    });
    allow(role, {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    });
  }
}

function eventRules({ lostEvents }: PlumbFunctionProps): EventInvokeConfigOptions {
  if (lostEvents === undefined) return { retryAttempts: 0, maxEventAge: Duration.minutes(1) };
  const onFailure = { bind: () => ({ destination: lostEvents.queueArn }) };
  return { retryAttempts: 2, maxEventAge: Duration.hours(1), onFailure };
}

function commonEnvironment({ installation, name }: PlumbFunctionProps): { readonly [name: string]: string } {
  return {
    PLUMB_INSTALLATION: installation.id,
    POWERTOOLS_SERVICE_NAME: name,
    POWERTOOLS_METRICS_NAMESPACE: metricNamespace,
    POWERTOOLS_LOG_LEVEL: 'INFO',
    NODE_OPTIONS: '--enable-source-maps',
  };
}
