import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { count, type Handle, lambda, logger, reporter } from './middleware.ts';
import { receiveWebhook } from './receive-webhook.ts';
import { edge } from './runtime/edge.ts';

/** Takes a Git host's webhook in: checked, queued, answered. */
export const handler: Handle<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> = lambda(async (event) => {
  const { status, message, queued } = await receiveWebhook(event, { ...edge, reporter });
  count('Pushes', queued);
  logger.info(message, { status, queued });
  return { statusCode: status, headers: { 'content-type': 'text/plain' }, body: `${message}\n` };
});
