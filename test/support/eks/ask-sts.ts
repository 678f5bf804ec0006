import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { readEksToken, type Verdict } from './verify-token.ts';

/** Where the STS is that is asked in place of Amazon's. */
export type Sts = { readonly endpoint: string; readonly certificate?: string };

/** Verifies a token as the authenticator of EKS does: it looks at the request, sends it on to STS, and believes what that answers. */
export async function askSts(token: string, cluster: string, sts: Sts): Promise<Verdict> {
  const read = readEksToken(token, new Date());
  if ('refusal' in read) return read;
  const answer = await pass(read.url, cluster, sts);
  const [, arn] = /<Arn>([^<]+)<\/Arn>/.exec(answer) ?? [];
  return arn === undefined ? { refusal: 'signature' } : { arn };
}

function pass({ host, pathname, search }: URL, cluster: string, { endpoint, certificate }: Sts): Promise<string> {
  const { protocol, port, hostname } = new URL(endpoint);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = {
    host: '127.0.0.1',
    port,
    path: `${pathname}${search}`,
    // These two are signed.
    headers: { host, 'x-k8s-aws-id': cluster },
    ...(certificate === undefined ? {} : { ca: certificate, servername: hostname }),
  };
  const sent = (protocol === 'https:' ? httpsRequest : httpRequest)(options, (answer) => {
    text(answer).then(resolve, reject);
  });
  sent.once('error', reject).end();
  return promise;
}
