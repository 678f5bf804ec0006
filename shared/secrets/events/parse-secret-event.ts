import * as z from 'zod';
import { PlumbError } from '../../errors.ts';
import type { Json } from '../../model/json.ts';
import type { SecretEvent } from '../../model/secret-event.ts';

const schema = z.object({
  source: z.string(),
  region: z.string().min(1),
  'detail-type': z.string().default(''),
  resources: z.array(z.string()).default([]),
  detail: z.object({ name: z.string().exactOptional(), operation: z.string().exactOptional() }).prefault({}),
});

/**
 * What an EventBridge event says of a secret. Undefined: it is about something else, or about nothing that changes a value.
 * Source: AWS, "Amazon EventBridge events for Secrets Manager" (`Secret Label Updated`) and for Parameter Store (`Parameter Store Change`).
 */
export function parseSecretEvent(event: Json): SecretEvent | undefined {
  const parsed = schema.safeParse(event);
  if (!parsed.success)
    throw new PlumbError('usage', 'the event is not one of EventBridge: it has no source or no region', {
      hint: 'give the whole event as EventBridge delivers it, as JSON',
    });
  const { source, region, resources, detail } = parsed.data;
  const service = services[source];
  const name = detail.name ?? resources[0];
  if (service === undefined || name === undefined || detail.operation === 'Delete') return undefined;
  return { service, region, name };
}

const services: { readonly [source: string]: SecretEvent['service'] } = {
  'aws.secretsmanager': 'SecretsManager',
  'aws.ssm': 'ParameterStore',
};
