import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type AccessEntry, type ClusterUser, userOf } from './access-entries.ts';
import type { Refusal, Verdict } from './verify-token.ts';

/** What became of a token that an API server asked about. */
export type Review = { readonly user: ClusterUser } | { readonly refusal: Refusal | 'no-access-entry' };

export type TokenWebhookOptions = {
  readonly verify: (token: string) => Promise<Verdict>;
  /** Asked for with each token, so that a test can make and delete some. */
  readonly entries: () => Promise<readonly AccessEntry[]> | readonly AccessEntry[];
};

export type TokenWebhook = {
  readonly url: string;
  /** Oldest first. */
  readonly reviews: readonly Review[];
  close(): Promise<void>;
};

/** Serves the token authentication of an EKS cluster to its API server. */
export async function startTokenWebhook(options: TokenWebhookOptions): Promise<TokenWebhook> {
  const reviews: Review[] = [];
  const server = createServer(async (request, response) => {
    const { spec } = (await json(request)) as { readonly spec: { readonly token: string } };
    const review = await reviewToken(spec.token, options);
    reviews.push(review);
    const status = 'user' in review ? { authenticated: true, user: review.user } : { authenticated: false };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    reviews,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function reviewToken(token: string, { verify, entries }: TokenWebhookOptions): Promise<Review> {
  const verdict = await verify(token);
  if ('refusal' in verdict) return verdict;
  const user = userOf(verdict.arn, await entries());
  return user === undefined ? { refusal: 'no-access-entry' } : { user };
}
