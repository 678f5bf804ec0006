import { PlumbError } from '../../../shared/errors.ts';
import type { Check } from '../check-result.ts';
import { expectAnswer } from './expect-answer.ts';
import type { AwsLooks } from './looks.ts';

/** How the bucket of the state is set up. */
export function bucketChecks(bucket: string, looks: AwsLooks): readonly Check[] {
  const looked = looks.bucket(bucket);
  const subject = { object: `Bucket ${bucket}`, resource: `arn:aws:s3:::${bucket}` };
  return [
    {
      what: 'bucket versions',
      run: async () => {
        if (expectAnswer((await looked).versioned, subject)) return 'earlier versions of objects are kept';
        throw new PlumbError('store-unusable', `${bucket} keeps no earlier versions of objects`, {
          hint: `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`,
        });
      },
    },
    {
      what: 'bucket encryption',
      run: async () => {
        const { algorithm, key } = expectAnswer((await looked).encryption, subject);
        return key === undefined ? algorithm : `${algorithm} with ${key}`;
      },
    },
    {
      what: 'bucket privacy',
      run: async () => {
        if (expectAnswer((await looked).isPrivate, subject)) return 'nothing in it can be made public';
        throw new PlumbError('store-unusable', `${bucket} could be made public`, {
          hint: `aws s3api put-public-access-block --bucket ${bucket} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`,
        });
      },
    },
  ];
}
