import { request } from 'node:http';
import { text } from 'node:stream/consumers';

export type Posted = { readonly status: number; readonly answer: string };

export type Post = {
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: Uint8Array;
};

/** Sends a request over a connection of its own, as Git hosts send webhooks: none is kept open that the other side may close. */
export function post(url: string, { headers, body }: Post): Promise<Posted> {
  const present = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const { promise, resolve, reject } = Promise.withResolvers<Posted>();
  const sent = request(url, { method: 'POST', headers: Object.fromEntries(present), agent: false }, (response) => {
    const { statusCode = 0 } = response;
    text(response).then((answer) => resolve({ status: statusCode, answer: answer.trim() }), reject);
  });
  sent.once('error', reject).end(body);
  return promise;
}
