import { DescribeAccessEntryCommand, EKSClient, ListAssociatedAccessPoliciesCommand } from '@aws-sdk/client-eks';
import { GetFunctionConcurrencyCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetBucketEncryptionCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { lookAtAccessEntry } from '../../../../../shared/adapters/aws/look/access-entry.ts';
import { lookAtBucket } from '../../../../../shared/adapters/aws/look/bucket.ts';
import { lookUpCaller } from '../../../../../shared/adapters/aws/look/caller.ts';
import { lookAtFunction } from '../../../../../shared/adapters/aws/look/function.ts';
import { lookAtQueue } from '../../../../../shared/adapters/aws/look/queue.ts';
import { regionOf } from '../../../../../shared/adapters/aws/look/region-of.ts';
import { lookAtSecret } from '../../../../../shared/adapters/aws/look/secret.ts';
import { awsTrouble, testCalls } from '../aws-trouble.ts';

const [s3, sqs, lambda, eks, secrets, sts] = [
  mockClient(S3Client),
  mockClient(SQSClient),
  mockClient(LambdaClient),
  mockClient(EKSClient),
  mockClient(SecretsManagerClient),
  mockClient(STSClient),
];
beforeEach(() => {
  for (const mock of [s3, sqs, lambda, eks, secrets, sts]) mock.reset();
});

const denied = awsTrouble('AccessDeniedException', 400);
const no = (action: string): object => ({ ok: false, failure: { kind: 'denied', action } });

describe('the region', () => {
  it.each([
    ['arn:aws:lambda:eu-west-1:123456789012:function:sync', { region: 'eu-west-1' }],
    ['https://sqs.us-gov-west-1.amazonaws.com/123456789012/a.fifo', { region: 'us-gov-west-1' }],
    ['https://sqs.cn-north-1.amazonaws.com.cn/123456789012/a.fifo', { region: 'cn-north-1' }],
    ['http://localhost:4566/000000000000/a', {}],
  ])('in %s is %j', (text, region) => expect(regionOf(text)).toEqual(region));
});

describe('the caller', () => {
  it('is who AWS says', async () => {
    sts.on(GetCallerIdentityCommand).resolves({ Arn: 'arn:aws:iam::1:user/ada', Account: '1' });
    const value = { arn: 'arn:aws:iam::1:user/ada', account: '1' };
    expect(await lookUpCaller(() => 0, testCalls())).toEqual({ ok: true, value });
  });

  it('is nobody without credentials', async () => {
    sts.on(GetCallerIdentityCommand).rejects(awsTrouble('CredentialsProviderError'));
    expect(await lookUpCaller(() => 0, testCalls())).toMatchObject({ failure: { kind: 'unknown-self' } });
  });
});

describe('a bucket', () => {
  it('is looked at in its settings', async () => {
    const all = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
    const rule = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'key' } as const;
    s3.on(GetBucketVersioningCommand).resolves({ Status: 'Enabled' });
    s3.on(GetBucketEncryptionCommand).resolves({
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: rule }] },
    });
    s3.on(GetPublicAccessBlockCommand).resolves({ PublicAccessBlockConfiguration: all });
    expect(await lookAtBucket('state', testCalls())).toEqual({
      versioned: { ok: true, value: true },
      encryption: { ok: true, value: { algorithm: 'aws:kms', key: 'key' } },
      isPrivate: { ok: true, value: true },
    });
  });

  it('may be open, and hide the rest', async () => {
    s3.on(GetBucketVersioningCommand).resolves({});
    s3.on(GetBucketEncryptionCommand).rejects(awsTrouble('AccessDenied', 403));
    s3.on(GetPublicAccessBlockCommand).rejects(awsTrouble('NoSuchPublicAccessBlockConfiguration', 404));
    expect(await lookAtBucket('state', testCalls())).toEqual({
      versioned: { ok: true, value: false },
      encryption: no('s3:GetEncryptionConfiguration'),
      isPrivate: { ok: true, value: false },
    });
  });
});

describe('a queue', () => {
  const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/sync.fifo';

  it('is looked at in its numbers, and where its failed messages go', async () => {
    sqs.on(GetQueueAttributesCommand).resolves({
      Attributes: {
        ApproximateNumberOfMessages: '3',
        ApproximateNumberOfMessagesNotVisible: '1',
        ApproximateNumberOfMessagesDelayed: '1',
        RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:failed.fifo","maxReceiveCount":5}',
      },
    });
    expect(await lookAtQueue(url, testCalls())).toEqual({
      ok: true,
      value: { waiting: 3, taken: 2, deadLetterQueue: 'arn:aws:sqs:eu-west-1:123456789012:failed.fifo' },
    });
  });

  it('may have none, or not be there', async () => {
    sqs.on(GetQueueAttributesCommand).resolvesOnce({ Attributes: {} }).rejects(awsTrouble('QueueDoesNotExist', 400));
    expect(await lookAtQueue(url, testCalls())).toEqual({ ok: true, value: { waiting: 0, taken: 0 } });
    expect(await lookAtQueue(url, testCalls())).toMatchObject({ failure: { kind: 'absent' } });
  });
});

describe('a function', () => {
  const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:sync';

  it('is looked at as it is set up', async () => {
    lambda.on(GetFunctionConcurrencyCommand).resolves({ ReservedConcurrentExecutions: 20 });
    lambda.on(GetFunctionConfigurationCommand).resolves({
      LastModified: '2026-11-26T09:00:00.000+0000',
      Runtime: 'nodejs24.x',
      State: 'Active',
      LastUpdateStatus: 'Failed',
      LastUpdateStatusReason: 'no such image',
      Role: 'arn:aws:iam::123456789012:role/sync',
      Environment: { Variables: { PLUMB_ZONE: 'public' } },
    });
    expect(await lookAtFunction(arn, testCalls())).toEqual({
      ok: true,
      value: {
        updatedAt: '2026-11-26T09:00:00.000+0000',
        runtime: 'nodejs24.x',
        state: 'Active',
        lastUpdate: 'Failed',
        reason: 'no such image',
        role: 'arn:aws:iam::123456789012:role/sync',
        environment: { PLUMB_ZONE: 'public' },
        reserved: { ok: true, value: 20 },
      },
    });
  });

  it('may hide itself, or only its bound', async () => {
    lambda.on(GetFunctionConcurrencyCommand).rejects(denied);
    lambda.on(GetFunctionConfigurationCommand).resolvesOnce({}).rejects(denied);
    expect(await lookAtFunction(arn, testCalls())).toMatchObject({
      ok: true,
      value: { state: 'Active', environment: {}, reserved: no('lambda:GetFunctionConcurrency') },
    });
    expect(await lookAtFunction(arn, testCalls())).toEqual(no('lambda:GetFunctionConfiguration'));
  });
});

describe('an access entry', () => {
  const question = { cluster: 'prod', region: 'eu-west-1', principal: 'arn:aws:iam::123456789012:role/sync' };

  it('is looked at with its groups and policies', async () => {
    eks.on(DescribeAccessEntryCommand).resolves({ accessEntry: { kubernetesGroups: ['plumbline'] } });
    eks.on(ListAssociatedAccessPoliciesCommand).resolves({
      associatedAccessPolicies: [{ policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy' }],
    });
    expect(await lookAtAccessEntry(question, testCalls())).toEqual({
      ok: true,
      value: { groups: ['plumbline'], policies: { ok: true, value: ['AmazonEKSAdminPolicy'] } },
    });
    const [asked] = eks.commandCalls(DescribeAccessEntryCommand);
    expect(asked?.args[0].input).toEqual({ clusterName: 'prod', principalArn: question.principal });
  });

  it('may not be there, or hide its policies', async () => {
    eks.on(DescribeAccessEntryCommand).resolvesOnce({}).rejects(awsTrouble('ResourceNotFoundException', 404));
    eks.on(ListAssociatedAccessPoliciesCommand).rejects(denied);
    expect(await lookAtAccessEntry(question, testCalls())).toMatchObject({
      value: { groups: [], policies: no('eks:ListAssociatedAccessPolicies') },
    });
    expect(await lookAtAccessEntry(question, testCalls())).toMatchObject({ failure: { kind: 'absent' } });
  });
});

describe('a secret', () => {
  const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:webhook-AbCdEf';

  it('is looked at, and not its value', async () => {
    secrets.on(DescribeSecretCommand).resolves({
      LastChangedDate: new Date('2026-11-26T09:00:00Z'),
      VersionIdsToStages: { a: ['AWSCURRENT'] },
    });
    expect(await lookAtSecret(arn, testCalls())).toEqual({
      ok: true,
      value: { changedAt: '2026-11-26T09:00:00.000Z', hasValue: true },
    });
    expect(secrets.calls()).toHaveLength(1);
  });

  it('may be empty, on its way to deletion, or hidden', async () => {
    secrets
      .on(DescribeSecretCommand)
      .resolvesOnce({ DeletedDate: new Date('2026-11-30T09:00:00Z') })
      .rejects(denied);
    expect(await lookAtSecret(arn, testCalls())).toEqual({
      ok: true,
      value: { deletedAt: '2026-11-30T09:00:00.000Z', hasValue: false },
    });
    expect(await lookAtSecret(arn, testCalls())).toEqual(no('secretsmanager:DescribeSecret'));
  });
});
