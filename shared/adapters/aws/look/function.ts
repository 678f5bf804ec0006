import type { FunctionConfiguration, LambdaClient } from '@aws-sdk/client-lambda';
import { attempt, type Outcome, usualAttempts } from '../attempt.ts';
import { type CallOptions, callConfig } from '../call-options.ts';
import { regionOf } from './region-of.ts';

/** How a function is set up, as it was last deployed. */
export type FunctionLook = {
  /** ISO 8601. */
  readonly updatedAt: string;
  readonly runtime: string;
  /** `Active`, unless it cannot be called; and how its last update ended. */
  readonly state: string;
  readonly lastUpdate: string;
  /** Why it is not as it should be; empty where it is. */
  readonly reason: string;
  /** The ARN of the role that it acts as. */
  readonly role: string;
  readonly environment: { readonly [name: string]: string };
  /** How many may run at once, taken from the account for it alone; undefined: no bound of its own. */
  readonly reserved: Outcome<number | undefined>;
};

/** Looks at a function by its ARN. It is not called. */
export async function lookAtFunction(arn: string, options: CallOptions = {}): Promise<Outcome<FunctionLook>> {
  const { LambdaClient, GetFunctionConfigurationCommand } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient(callConfig({ ...options, ...regionOf(arn) }));
  const attempts = options.attempts ?? usualAttempts;
  try {
    const [reserved, configured] = await Promise.all([
      attempt('lambda:GetFunctionConcurrency', () => reservedOf(client, arn), attempts),
      attempt(
        'lambda:GetFunctionConfiguration',
        () => client.send(new GetFunctionConfigurationCommand({ FunctionName: arn })),
        attempts,
      ),
    ]);
    return configured.ok ? { ok: true, value: toLook(configured.value, reserved) } : configured;
  } finally {
    client.destroy();
  }
}

async function reservedOf(client: LambdaClient, arn: string): Promise<number | undefined> {
  const { GetFunctionConcurrencyCommand } = await import('@aws-sdk/client-lambda');
  return (await client.send(new GetFunctionConcurrencyCommand({ FunctionName: arn }))).ReservedConcurrentExecutions;
}

function toLook(configured: FunctionConfiguration, reserved: FunctionLook['reserved']): FunctionLook {
  const { LastModified = '', Runtime = '', State = 'Active', LastUpdateStatus = 'Successful', Role = '' } = configured;
  return {
    updatedAt: LastModified,
    runtime: Runtime,
    state: State,
    lastUpdate: LastUpdateStatus,
    reason: configured.StateReason ?? configured.LastUpdateStatusReason ?? '',
    role: Role,
    environment: configured.Environment?.Variables ?? {},
    reserved,
  };
}
