import { describe, expect, it } from '@jest/globals';
import type { Delivery } from '../../../shared/model/push.ts';
import { readDelivery } from '../../../shared/webhook/read-delivery.ts';
import { bodyOf, now, providerOf, read, recordedNames, secret, signed, unverified } from './deliveries.ts';

const withHeader = ({ headers, body }: Delivery, name: string, value: string | undefined): Delivery => ({
  headers: { ...headers, [name]: value },
  body,
});

describe('a delivery is answered with', () => {
  it.each(recordedNames)('202 and the push when refs moved, and else 200: %s', (name) => {
    const receipt = read(signed(name, secret));
    const moves = !/-(ping|pull-request|merge-request|fork)$/.test(name);
    expect(receipt.status).toBe(moves ? 202 : 200);
    expect(receipt.push?.provider).toBe(moves ? providerOf(name) : undefined);
  });

  it('401 alike, whether the sender is unknown, has no secret here, or has a wrong one', () => {
    const delivery = signed('github-push', secret);
    expect(read({ headers: { 'content-type': 'application/json' }, body: delivery.body })).toEqual(unverified);
    expect(read(signed('github-push', 'ada:other'))).toEqual(unverified);
    expect(readDelivery(delivery, {}, now)).toEqual(unverified);
  });

  it('401 before anything in it is looked at', () => {
    const wrong = 'ada:other';
    expect(read(signed('github-push', wrong, '['.repeat(100)))).toEqual(unverified);
    expect(read(withHeader(signed('github-push', wrong), 'content-type', 'text/plain'))).toEqual(unverified);
  });

  it('413 from one byte over 6 MB', () => {
    const body = (size: number): Uint8Array => Buffer.alloc(size, ' ').fill(bodyOf('github-push'), 0, textSize);
    const textSize = Buffer.byteLength(bodyOf('github-push'));
    const limit = 6 * 1024 * 1024;
    expect(read(signed('github-push', secret, body(limit))).status).toBe(202);
    expect(read(signed('github-push', secret, body(limit + 1)))).toEqual({
      status: 413,
      message: 'the body is larger than 6 MB',
    });
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON ;charset=UTF-8'])(
    '202 for content type %s',
    (type) => {
      expect(read(withHeader(signed('github-push', secret), 'content-type', type)).status).toBe(202);
    },
  );

  it.each([undefined, '', 'text/plain', 'application/jsonp', 'application/x-www-form-urlencoded'])(
    '415 and what to choose for content type %s',
    (type) => {
      expect(read(withHeader(signed('github-push', secret), 'content-type', type))).toEqual({
        status: 415,
        message: "choose application/json as content type in the webhook's settings",
      });
    },
  );

  it('400 when it is malformed', () => {
    expect(read(signed('gitlab-push', secret, '{'))).toEqual({ status: 400, message: 'the body is not JSON' });
  });
});
