import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../../shared/adapters/aws/sha256.ts';
import type { Emulator } from './start-emulator.ts';

export type SignedPost = {
  /** Such as `iam`. */
  readonly service: string;
  readonly region: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
};

/** Posts a request that the account's root signs; gives the text of the answer, an error for any but a success. */
export async function postSigned(
  { endpoint, credentials }: Emulator,
  what: string,
  { service, region, headers: given, body }: SignedPost,
): Promise<string> {
  const { host, hostname, port } = new URL(endpoint);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: '/',
    query: {},
    headers: { host, ...given },
    body,
  });
  const answer = await fetch(`${endpoint}/`, { method: 'POST', headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${text}`);
  return text;
}
