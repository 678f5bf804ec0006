import { Aws } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { StateStack } from '../state-stack.ts';
import { type Right, statementOf } from './allow.ts';
import type { NamedCluster } from './cluster-spec.ts';
import { workQueue } from './names.ts';
import { rightsToState, stateRights } from './state-rights.ts';

/** Lets someone read the state and follow what happens. */
export function allowReading(grantee: IGrantable, { state, events }: StateStack): void {
  const place = { bucketArn: state.bucket.bucketArn, keyArn: state.key.keyArn };
  const follow: Right = {
    actions: ['logs:FilterLogEvents', 'logs:StartLiveTail'],
    resources: [events.log.logGroupArn],
  };
  give(grantee, [...rightsToState(place, stateRights.person), follow]);
}

/** Lets someone send work to those who render, or to a zone. */
export function allowOperating(grantee: IGrantable, installation: string, zone?: string): void {
  const works = zone === undefined ? (['render'] as const) : (['sync', 'restore'] as const);
  const resources = works.map((work) => workQueue(installation, work, zone).arn);
  give(grantee, [{ actions: ['sqs:SendMessage'], resources }]);
}

/** What is looked at besides the state, by ARN. */
export type Parts = {
  readonly functions: readonly string[];
  readonly queues: readonly string[];
  readonly webhookSecret: string;
};

/** Lets someone see how the parts of an installation are set: what `plumb doctor --aws` looks at, but for clusters. */
export function allowInspecting(
  grantee: IGrantable,
  { state }: StateStack,
  { functions, queues, webhookSecret }: Parts,
): void {
  give(grantee, [
    {
      actions: ['s3:GetBucketVersioning', 's3:GetEncryptionConfiguration', 's3:GetBucketPublicAccessBlock'],
      resources: [state.bucket.bucketArn],
    },
    { actions: ['sqs:GetQueueAttributes'], resources: queues },
    { actions: ['lambda:GetFunctionConfiguration', 'lambda:GetFunctionConcurrency'], resources: functions },
    { actions: ['secretsmanager:DescribeSecret'], resources: [webhookSecret] },
  ]);
}

/** Lets someone see whom a cluster lets in. */
export function allowInspectingCluster(grantee: IGrantable, { arn, name, region, account }: NamedCluster): void {
  if (arn === '') return;
  const entries = `arn:${Aws.PARTITION}:eks:${region}:${account}:access-entry/${name}/*`;
  give(grantee, [
    { actions: ['eks:DescribeAccessEntry', 'eks:ListAssociatedAccessPolicies'], resources: [arn, entries] },
  ]);
}

function give({ grantPrincipal }: IGrantable, rights: readonly Right[]): void {
  for (const right of rights) grantPrincipal.addToPrincipalPolicy(statementOf(right));
}
