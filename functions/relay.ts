import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { registerInstallation } from '../shared/workflows/jobs/register-installation.ts';
import { relaySecretEvent } from '../shared/workflows/jobs/relay-secret-event.ts';
import { type Handle, lambda, logger } from './middleware.ts';
import { parseRelayEvent } from './parse-relay-event.ts';
import { relayRecords } from './relay-records.ts';
import { openRelay } from './runtime/relay.ts';

/** Passes on what others have to tell, has rotated secrets read again, and registers what the operator has deployed. */
export const handler: Handle<unknown, SQSBatchResponse | undefined> = lambda(async (event) => {
  const asked = parseRelayEvent(event);
  const relay = await openRelay();
  if (asked.is === 'outbox') return relayRecords(event as SQSEvent, relay);
  if (asked.is === 'secret') {
    const applications = await relaySecretEvent(asked.event, asked, relay);
    logger.info('a secret has changed', { name: asked.event.name, applications });
    return undefined;
  }
  const clusters = await registerInstallation(await relay.settings(), relay);
  logger.info('registered', { clusters });
  return undefined;
});
