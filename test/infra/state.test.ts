import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesise } from './support/synthesise.ts';

const plain = synthesise();
const state = plain.template('state');

describe('the bucket of the state', () => {
  const [bucket] = plain
    .resources('state', 'AWS::S3::Bucket')
    .filter(({ Properties }) => Properties.VersioningConfiguration !== undefined);

  test('stays when the stack goes', () => {
    expect(bucket?.DeletionPolicy).toBe('Retain');
    expect(bucket?.UpdateReplacePolicy).toBe('Retain');
  });

  test('keeps versions for a month, and outbox entries for a week', () => {
    expect(bucket?.Properties.VersioningConfiguration.Status).toBe('Enabled');
    const [versions, outbox] = bucket?.Properties.LifecycleConfiguration.Rules ?? [];
    expect(versions.NoncurrentVersionExpiration.NoncurrentDays).toBe(30);
    expect(versions.AbortIncompleteMultipartUpload.DaysAfterInitiation).toBe(7);
    expect(outbox).toMatchObject({ Prefix: 'outbox/', ExpirationInDays: 7 });
  });

  test('is private, encrypted with a key of its own by bucket keys, and logs who reads', () => {
    expect(new Set(Object.values(bucket?.Properties.PublicAccessBlockConfiguration))).toEqual(new Set([true]));
    const [rule] = bucket?.Properties.BucketEncryption.ServerSideEncryptionConfiguration ?? [];
    expect(rule.BucketKeyEnabled).toBe(true);
    expect(rule.ServerSideEncryptionByDefault.SSEAlgorithm).toBe('aws:kms');
    expect(bucket?.Properties.LoggingConfiguration.DestinationBucketName).toBeDefined();
    state.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('answers over TLS alone', () => {
    for (const { Properties } of plain.resources('state', 'AWS::S3::BucketPolicy'))
      expect(JSON.stringify(Properties.PolicyDocument)).toContain('"aws:SecureTransport":"false"');
  });

  test('tells the outbox queue of new entries, by its own property', () => {
    const { QueueConfigurations } = bucket?.Properties.NotificationConfiguration ?? {};
    expect(QueueConfigurations).toMatchObject([
      { Event: 's3:ObjectCreated:*', Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'outbox/' }] } } },
    ]);
    expect(bucket?.DependsOn).toContainEqual(expect.stringMatching(/^StateOutboxPolicy/));
    expect(state.findResources('Custom::S3BucketNotifications')).toEqual({});
  });

  test('has an object lock when it is asked for', () => {
    synthesise({ objectLock: { days: 30, mode: 'compliance' } })
      .template('state')
      .hasResourceProperties('AWS::S3::Bucket', {
        ObjectLockEnabled: true,
        ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 30 } } },
      });
  });

  test('is copied when it is asked for', () => {
    const replica = {
      bucketArn: 'arn:aws:s3:::plumbline-copy',
      keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000',
    };
    synthesise({ replica })
      .template('state')
      .hasResourceProperties('AWS::S3::Bucket', {
        ReplicationConfiguration: {
          Rules: [
            Match.objectLike({
              Destination: Match.objectLike({
                Bucket: replica.bucketArn,
                EncryptionConfiguration: { ReplicaKmsKeyID: replica.keyArn },
              }),
            }),
          ],
        },
      });
  });
});

test('state changes go to a bus, and to a log that keeps them for a month', () => {
  state.hasResourceProperties('AWS::Events::EventBus', { Name: 'plumbline' });
  state.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: '/aws/events/plumbline', RetentionInDays: 30 });
  state.hasResourceProperties('AWS::Events::Rule', { EventPattern: { source: ['plumbline'] } });
});

test('nothing of the state is in a function', () => {
  state.resourceCountIs('AWS::Lambda::Function', 0);
});
