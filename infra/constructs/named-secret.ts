import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** A secret as policies and functions name it. */
export type NamedSecret = {
  readonly arn: string;
  /** What IAM has to be told: an ARN without its six last letters stands for one secret, whatever they are. */
  readonly pattern: string;
  readonly keyArn?: string;
};

/** Takes a secret of CDK, or an ARN. */
export function nameSecret(secret: ISecret | string): NamedSecret {
  if (typeof secret === 'string') return { arn: secret, pattern: isWhole(secret) ? secret : `${secret}-??????` };
  const { secretFullArn, secretArn, encryptionKey } = secret;
  return {
    arn: secretFullArn ?? secretArn,
    pattern: secretFullArn ?? `${secretArn}-??????`,
    ...(encryptionKey === undefined ? {} : { keyArn: encryptionKey.keyArn }),
  };
}

function isWhole(arn: string): boolean {
  if (Token.isUnresolved(arn) || arn.includes('*')) return true;
  return /-[A-Za-z0-9]{6}$/.test(Arn.split(arn, ArnFormat.COLON_RESOURCE_NAME).resourceName ?? '');
}
