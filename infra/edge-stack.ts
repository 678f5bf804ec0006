import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Alarms } from './constructs/alarms.ts';
import { explain } from './constructs/allow.ts';
import { allowSecretTexts, allowSend, createFunctionRole } from './constructs/function-role.ts';
import type { Installation } from './constructs/installation.ts';
import { nameSecret } from './constructs/named-secret.ts';
import { namePrefix, workQueue } from './constructs/names.ts';
import { PlumbFunction } from './constructs/plumb-function.ts';
import { WebhookApi } from './constructs/webhook-api.ts';

export type EdgeStackProps = StackProps & {
  readonly installation: Installation;
  /** Its text has a line for each Git host, such as `github SECRET`; absent: an empty one is made. */
  readonly webhookSecret?: ISecret | string;
};

/** The public edge: it verifies a signature and puts a message on a queue, and can do nothing else. */
export class EdgeStack extends Stack {
  readonly webhook: PlumbFunction;
  readonly webhookUrl: string;
  readonly webhookSecretArn: string;

  constructor(scope: Construct, id: string, { installation, webhookSecret, ...props }: EdgeStackProps) {
    super(scope, id, { description: `Plumbline ${installation.id}: the public edge`, ...props });
    const secret = nameSecret(webhookSecret ?? (this.#createSecret() as ISecret));
    this.webhookSecretArn = secret.arn;
    const renderQueue = workQueue(installation.id, 'render');
    const role = createFunctionRole(this, 'WebhookRole', { description: 'Verifies deliveries and queues work' });
    allowSecretTexts(role, [secret]);
    allowSend(role, [renderQueue.arn]);
    this.webhook = new PlumbFunction(this, 'Webhook', {
      installation,
      name: 'webhook',
      role,
      environment: {
        PLUMB_RENDER_QUEUE: renderQueue.url,
        PLUMB_WEBHOOK_SECRET: secret.arn,
      },
    });
    const name = `${namePrefix(installation.id)}-webhook`;
    this.webhookUrl = new WebhookApi(this, 'Api', { webhook: this.webhook, name }).url;
    new Alarms(this, 'Alarms', installation).watchFunction('webhook', this.webhook);
    new CfnOutput(this, 'WebhookUrl', { value: this.webhookUrl, description: 'Give this to the Git host' });
  }

  #createSecret(): Secret {
    const secret = new Secret(this, 'Secret', {
      description: 'Plumbline: a line for each Git host, such as "github SECRET"',
    });
    explain(
      secret,
      'AwsSolutions-SMG4',
      'It has to be changed at the Git host at the same time, by the one who has access there.',
    );
    new CfnOutput(this, 'WebhookSecretCommand', {
      value: `aws secretsmanager put-secret-value --secret-id ${secret.secretArn} --secret-string "github $(openssl rand -hex 32)"`,
      description: 'Run this once, and give the same secret to the Git host',
    });
    return secret;
  }
}
