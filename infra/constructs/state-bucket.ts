import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { explain } from './allow.ts';
import { functionSizes, visibilityOf } from './sizes.ts';

export type StateBucketProps = {
  /** For how long no version of an object can be removed; in mode `compliance` not by anyone. */
  readonly objectLock?: { readonly days: number; readonly mode?: 'governance' | 'compliance' };
  /** A versioned bucket that gets a copy of all, and the key there. */
  readonly replica?: { readonly bucketArn: string; readonly keyArn?: string };
  /** Where outbox entries end that could not be passed on. */
  readonly deadLetters: IQueue;
};

/** The state: what must not be lost. It stays when the stack goes. */
export class StateBucket extends Construct {
  readonly bucket: Bucket;
  readonly key: Key;
  /** Tells of each new object below `outbox/`. */
  readonly outbox: Queue;

  constructor(scope: Construct, id: string, props: StateBucketProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'Plumbline: the state, and all snapshots in it',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.bucket = new Bucket(this, 'Bucket', {
      ...privateBucket,
      versioned: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      // One call to KMS for many objects.
      bucketKeyEnabled: true,
      serverAccessLogsBucket: this.#createLogBucket() as IBucket,
      lifecycleRules,
      ...objectLockOf(props),
      ...this.#replicationOf(props),
    });
    this.outbox = this.#createOutbox(props.deadLetters);
  }

  #createLogBucket(): Bucket {
    const logs = new Bucket(this, 'AccessLog', {
      ...privateBucket,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    });
    explain(logs, 'AwsSolutions-S1', 'It is the bucket that access logs go to.');
    return logs;
  }

  /** The bucket's own property, since the notifications of CDK would need a function that makes them. */
  #createOutbox(deadLetters: IQueue): Queue {
    const { receives = 5 } = functionSizes.relay;
    const outbox = new Queue(this, 'Outbox', {
      visibilityTimeout: visibilityOf(functionSizes.relay),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: receives },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    // Of this account, not of this bucket: the bucket cannot be made before the queue that it names. The relay reads no other bucket.
    const s3 = new ServicePrincipal('s3.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    });
    outbox.grantSendMessages(s3);
    const resource = this.bucket.node.defaultChild as CfnBucket;
    resource.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: outbox.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: 'outbox/' }] } },
        },
      ],
    };
    this.bucket.node.addDependency(outbox);
    return outbox;
  }

  #replicationOf({ replica }: StateBucketProps): Partial<BucketProps> {
    if (replica === undefined) return {};
    const destination = Bucket.fromBucketArn(this, 'Replica', replica.bucketArn);
    const key = replica.keyArn === undefined ? {} : { kmsKey: Key.fromKeyArn(this, 'ReplicaKey', replica.keyArn) };
    return { replicationRules: [{ destination, ...key, deleteMarkerReplication: true }] };
  }
}

const privateBucket: BucketProps = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  removalPolicy: RemovalPolicy.RETAIN,
};

const lifecycleRules: LifecycleRule[] = [
  {
    id: 'versions',
    // A month to take back what was overwritten or removed by mistake.
    noncurrentVersionExpiration: Duration.days(30),
    expiredObjectDeleteMarker: true,
    abortIncompleteMultipartUploadAfter: Duration.days(7),
  },
  // The relay removes what it has passed on; this is what it could not.
  { id: 'outbox', prefix: 'outbox/', expiration: Duration.days(7) },
];

function objectLockOf({ objectLock }: StateBucketProps): Partial<BucketProps> {
  if (objectLock === undefined) return {};
  const { days, mode = 'governance' } = objectLock;
  return { objectLockEnabled: true, objectLockDefaultRetention: ObjectLockRetention[mode](Duration.days(days)) };
}
