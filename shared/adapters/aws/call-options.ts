import type { Attempts } from './attempt.ts';
import { type CredentialSource, clientConfig } from './aws-clients.ts';

/** How a service of AWS is called, where all may be left as it is usual. */
export type CallOptions = {
  /** Absent: as the SDK finds it. */
  readonly region?: string;
  /** Absent: those that the SDK finds. */
  readonly credentials?: CredentialSource;
  /** Of one attempt. */
  readonly timeoutMs?: number;
  readonly attempts?: Attempts;
};

export type CallConfig = ReturnType<typeof clientConfig> & Pick<CallOptions, 'region' | 'credentials'>;

/** What a client is made with. */
export function callConfig({ region, credentials, timeoutMs = 10_000 }: CallOptions): CallConfig {
  return {
    ...clientConfig(timeoutMs),
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
