import { attempt, type Outcome, usualAttempts } from '../attempt.ts';
import { type CallOptions, callConfig } from '../call-options.ts';

/** Who calls AWS, and what time it is there. */
export type Caller = {
  readonly arn: string;
  readonly account: string;
  /** By how much the clock of this machine is ahead of that of AWS, in milliseconds; absent: AWS did not say. */
  readonly aheadMs?: number;
};

const action = 'sts:GetCallerIdentity';

/** Asks AWS who we are: every identity may. `now` is the time of this machine in milliseconds since 1970. */
export async function lookUpCaller(now: () => number, options: CallOptions = {}): Promise<Outcome<Caller>> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const client = new STSClient(callConfig(options));
  let date: string | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answered = await next(args);
      date = dateIn(answered.response) ?? date;
      return answered;
    },
    { step: 'deserialize', priority: 'low' },
  );
  try {
    return await attempt(
      action,
      async () => {
        const { Arn: arn = '', Account: account = '' } = await client.send(new GetCallerIdentityCommand({}));
        const ahead = aheadOf(date, now());
        return { arn, account, ...(ahead === undefined ? {} : { aheadMs: ahead }) };
      },
      options.attempts ?? usualAttempts,
    );
  } finally {
    client.destroy();
  }
}

function dateIn(response: unknown): string | undefined {
  const { headers } = (response ?? {}) as { readonly headers?: { readonly [name: string]: string } };
  return headers?.['date'];
}

/** The answer says whole seconds. */
function aheadOf(date: string | undefined, now: number): number | undefined {
  const there = Date.parse(date ?? '');
  if (Number.isNaN(there)) return undefined;
  const ahead = now - there;
  return Math.abs(ahead) < 1_000 ? 0 : ahead;
}
