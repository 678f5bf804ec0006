import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundle } from '../../infra/constructs/bundling.ts';
import { failureOfCall, type Service } from './support/failing-clients.ts';

type Answer = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
};

const json = (code: string, queryCode?: string): Answer => ({
  status: 400,
  headers: {
    'content-type': 'application/x-amz-json-1.1',
    ...(queryCode === undefined ? {} : { 'x-amzn-query-error': `${queryCode};Sender` }),
  },
  body: JSON.stringify({ __type: code, message: 'text' }),
});
const rest = (code: string, status: number): Answer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
  body: JSON.stringify({ message: 'text' }),
});
const xml = (code: string, status: number): Answer => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amz-bucket-region': 'eu-north-1' },
  body: `<Error><Code>${code}</Code><Message>text</Message></Error>`,
});
const query = (code: string): Answer => {
  const { headers, body } = xml(code, 403);
  return { status: 403, headers, body: `<ErrorResponse>${body}<RequestId>id</RequestId></ErrorResponse>` };
};

const answers: readonly (readonly [service: Service, code: string, answer: Answer, kind: string])[] = [
  ['s3', 'NoSuchKey', xml('NoSuchKey', 404), 'absent'],
  ['s3', 'PreconditionFailed', xml('PreconditionFailed', 412), 'lost'],
  ['s3', 'InvalidObjectState', xml('InvalidObjectState', 403), 'archived'],
  ['s3', 'NoSuchBucket', xml('NoSuchBucket', 404), 'no-bucket'],
  ['s3', 'PermanentRedirect', xml('PermanentRedirect', 301), 'elsewhere'],
  ['s3', 'SlowDown', xml('SlowDown', 503), 'throttled'],
  ['sqs', 'no queue', json('QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'), 'absent'],
  ['sqs', 'KmsAccessDenied', json('KmsAccessDenied', 'KMS.AccessDeniedException'), 'denied'],
  ['sqs', 'KmsThrottled', json('KmsThrottled', 'KMS.ThrottlingException'), 'throttled'],
  ['sts', 'AccessDenied', query('AccessDenied'), 'denied'],
  ['sts', 'InvalidIdentityToken', query('InvalidIdentityToken'), 'credentials'],
  ['sts', 'IDPRejectedClaim', query('IDPRejectedClaim'), 'credentials'],
  ['sts', 'IDPCommunicationError', query('IDPCommunicationError'), 'unreachable'],
  ['sts', 'ExpiredTokenException', query('ExpiredTokenException'), 'credentials'],
  ['ssm', 'ParameterNotFound', json('ParameterNotFound'), 'absent'],
  ['ssm', 'ThrottlingException', json('ThrottlingException'), 'throttled'],
  ['ssm', 'InternalServerError', json('com.amazonaws.ssm#InternalServerError'), 'unreachable'],
  ['secrets', 'ResourceNotFoundException', json('ResourceNotFoundException'), 'absent'],
  ['secrets', 'DecryptionFailure', json('DecryptionFailure'), 'denied'],
  ['kms', 'KMSInternalException', json('KMSInternalException'), 'unreachable'],
  ['kms', 'AccessDeniedException', json('AccessDeniedException'), 'denied'],
  ['eks', 'ResourceNotFoundException', rest('ResourceNotFoundException', 404), 'absent'],
  ['eks', 'ServerException', rest('ServerException', 500), 'unreachable'],
  ['ecr', 'InvalidParameterException', json('InvalidParameterException'), 'refused'],
  ['events', 'InternalException', json('InternalException'), 'unreachable'],
];

describe('A client that is bundled', () => {
  let folder = '';
  let server: Server;
  let answer: Answer;
  let ofBundle: typeof failureOfCall;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumb-clients-'));
    bundle(join(import.meta.dirname, 'support/failing-clients.ts'), folder);
    ({ failureOfCall: ofBundle } = (await import(join(folder, 'index.mjs'))) as {
      readonly failureOfCall: typeof failureOfCall;
    });
    server = createServer((request, response) => {
      request.resume();
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    delete process.env['AWS_ENDPOINT_URL'];
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  it.each(answers)('takes an error for what the whole client takes it for: %s, %s', async (service, _, given, kind) => {
    answer = given;
    const whole = await failureOfCall(service);
    expect(whole).toMatchObject({ kind });
    expect(await ofBundle(service)).toEqual(whole);
  });
});
