import type { PlumbError } from '../../errors.ts';
import type { AwsFailure } from './aws-failure.ts';
import type { CallOptions } from './call-options.ts';
import type { SqsCalls } from './clients/sqs-calls.ts';
import { createRegionalClients } from './regional-clients.ts';
import { serviceErrorOf } from './service-error.ts';

const urlForm = /^https:\/\/sqs\.([a-z0-9-]+)\.(amazonaws\.com[a-z.]*)\/(\d{12})\/([\w.-]+)$/;

/** Clients for queues by their URLs. A queue is called in its own region. */
export function createSqsClients(options: CallOptions): (queueUrl: string) => Promise<SqsCalls> {
  const clientIn = createRegionalClients(
    options,
    async (config) => new (await import('./clients/sqs-calls.ts')).SqsCalls(config),
  );
  return (queueUrl) => clientIn(urlForm.exec(queueUrl)?.[1]);
}

/** The error for a queue that does not do what was tried. It can be called again, as a queue may be repaired. */
export function queueErrorOf(
  failure: AwsFailure,
  { queueUrl, tried }: { readonly queueUrl: string; readonly tried: string },
): PlumbError {
  const [, region, domain = '', account, name] = urlForm.exec(queueUrl) ?? [];
  const partition = domain.endsWith('.cn') ? 'aws-cn' : 'aws';
  return serviceErrorOf(failure, {
    code: 'queue-unavailable',
    object: `Queue ${queueUrl}`,
    tried,
    resource: name === undefined ? queueUrl : `arn:${partition}:sqs:${region}:${account}:${name}`,
    retryable: true,
  });
}
