import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../../shared/adapters/aws/sha256.ts';
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
  const { endpoint, credentials, region } = emulator;
  const { host, hostname, port } = new URL(endpoint);
  const body = JSON.stringify(input);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: '/',
    query: {},
    headers: { host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body,
  });
  const answer = await fetch(`${endpoint}/`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`${target}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
