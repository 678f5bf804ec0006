import type { Attempts } from './attempt.ts';
import type { CredentialSource } from './aws-credentials.ts';

/** How a service of AWS is called, where all may be left as it is usual. */
export type CallOptions = {
  /** Absent: as the SDK finds it. */
  readonly region?: string;
  /** Absent: those that the SDK finds. */
  readonly credentials?: CredentialSource;
  /** Of one attempt. */
  readonly timeoutMs?: number | undefined;
  readonly attempts?: Attempts;
};

/** What a client of the SDK is made with. */
export type CallConfig = Pick<CallOptions, 'region' | 'credentials'> & {
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly socketTimeout: number;
    readonly throwOnRequestTimeout: boolean;
    readonly logger: Silent;
  };
  readonly logger: Silent;
};

type Silent = { readonly [level in 'trace' | 'debug' | 'info' | 'warn' | 'error']: () => void };

/** The SDK's log shows requests and answers. */
const silent: Silent = { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** For a client that tries once, does not log, and gives up after `timeoutMs`. */
export function callConfig({ region, credentials, timeoutMs = 10_000 }: CallOptions): CallConfig {
  return {
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: Math.min(timeoutMs, 3_000),
      requestTimeout: timeoutMs,
      // An answer may also stop in its middle.
      socketTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      logger: silent,
    },
    logger: silent,
  };
}
