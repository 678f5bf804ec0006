import type { Outcome } from '../../../shared/adapters/aws/attempt.ts';
import type { AccessEntryLook, AccessQuestion } from '../../../shared/adapters/aws/look/access-entry.ts';
import type { BucketLook } from '../../../shared/adapters/aws/look/bucket.ts';
import type { Caller } from '../../../shared/adapters/aws/look/caller.ts';
import type { FunctionLook } from '../../../shared/adapters/aws/look/function.ts';
import type { QueueLook } from '../../../shared/adapters/aws/look/queue.ts';
import type { SecretLook } from '../../../shared/adapters/aws/look/secret.ts';
import type { WebhookLook } from '../../../shared/adapters/aws/look/webhook.ts';
import type { Clock } from '../../../shared/ports.ts';

/** All that is looked at of an installation from outside, with the rights of whoever asks. Nothing is changed by it. */
export type AwsLooks = {
  caller(): Promise<Outcome<Caller>>;
  bucket(name: string): Promise<BucketLook>;
  queue(url: string): Promise<Outcome<QueueLook>>;
  /** By its ARN. */
  function(arn: string): Promise<Outcome<FunctionLook>>;
  accessEntry(question: AccessQuestion): Promise<Outcome<AccessEntryLook>>;
  /** By its ARN. */
  secret(arn: string): Promise<Outcome<SecretLook>>;
  webhook(url: string): Promise<WebhookLook>;
};

/** Looks by calls to AWS; `region` is that of the bucket, where it is given. */
export async function openAwsLooks(clock: Clock, region: string | undefined): Promise<AwsLooks> {
  const [caller, bucket, queue, lambda, entry, secret, webhook] = await Promise.all([
    import('../../../shared/adapters/aws/look/caller.ts'),
    import('../../../shared/adapters/aws/look/bucket.ts'),
    import('../../../shared/adapters/aws/look/queue.ts'),
    import('../../../shared/adapters/aws/look/function.ts'),
    import('../../../shared/adapters/aws/look/access-entry.ts'),
    import('../../../shared/adapters/aws/look/secret.ts'),
    import('../../../shared/adapters/aws/look/webhook.ts'),
  ]);
  const options = { attempts: { retries: 1 }, ...(region === undefined ? {} : { region }) };
  return {
    caller: () => caller.lookUpCaller(() => clock.now().getTime(), options),
    bucket: (name) => bucket.lookAtBucket(name, options),
    queue: (url) => queue.lookAtQueue(url, options),
    function: (arn) => lambda.lookAtFunction(arn, options),
    accessEntry: (question) => entry.lookAtAccessEntry(question, options),
    secret: (arn) => secret.lookAtSecret(arn, options),
    webhook: (url) => webhook.lookAtWebhook(url),
  };
}
