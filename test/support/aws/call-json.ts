import { postSigned } from './post-signed.ts';
import type { Emulator } from './start-emulator.ts';

export type JsonCall = {
  /** Such as `logs`. */
  readonly service: string;
  /** Such as `Logs_20140328.FilterLogEvents`. */
  readonly target: string;
  readonly input: object;
};

/** Calls an action of AWS for which no client is installed here. */
export async function callJson(emulator: Emulator, { service, target, input }: JsonCall): Promise<unknown> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  const body = JSON.stringify(input);
  return JSON.parse(await postSigned(emulator, target, { service, region: emulator.region, headers, body }));
}
