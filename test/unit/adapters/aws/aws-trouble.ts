import type { CallOptions } from '../../../../shared/adapters/aws/call-options.ts';

/** What an SDK throws. Its text is one that must not come out. */
export function awsTrouble(name: string, status?: number, message = 'c4n4ry'): Error {
  const metadata = status === undefined ? {} : { $metadata: { httpStatusCode: status } };
  return Object.assign(new Error(message), { name, ...metadata });
}

/** Calls of a client that is mocked, with no time between two attempts. */
export function testCalls(retries = 3): CallOptions {
  return {
    region: 'eu-west-1',
    credentials: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret' }),
    attempts: { retries, intervalMs: 1 },
  };
}
