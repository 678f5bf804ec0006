import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { LocatedCluster } from '../../../../shared/adapters/kubernetes/located-cluster.ts';
import type { ClusterEndpoint } from '../../../../shared/cluster-ports.ts';
import { PlumbError } from '../../../../shared/errors.ts';

const failedWith = (code: string): Error => Object.assign(new Error('no'), { cause: { code } });
const untrusted = failedWith('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
const here = { server: 'https://a.example.com', certificateAuthority: 'old' };
const cluster = { name: 'shop', server: here.server, skipTlsVerify: false, ca: { data: 'old' } };

/** A cluster whose place is asked for by `answers` in turn, and how often that was. */
function locate(answers: readonly (ClusterEndpoint | Error)[]): { located: LocatedCluster; asked: () => number } {
  let asked = 0;
  const answer = async (): Promise<ClusterEndpoint> => {
    const next = answers[asked];
    asked += 1;
    if (next === undefined || next instanceof Error) throw next ?? new Error('asked too often');
    return next;
  };
  return { located: new LocatedCluster({ name: 'shop', cluster, locate: answer }), asked: () => asked };
}

describe('where a cluster is', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(['CERT_HAS_EXPIRED', 'SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID', 'ENOTFOUND'])(
    'is asked for after %s',
    async (code) => {
      const { located } = locate([{ ...here, certificateAuthority: 'new' }]);
      expect(await located.hasMoved(located.current, failedWith(code))).toBe(true);
      expect(located.current).toEqual({ ...cluster, ca: { data: 'new' } });
    },
  );

  it.each(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_CONNECT_TIMEOUT', ''])('is not asked for after %p', async (code) => {
    const { located, asked } = locate([]);
    expect(await located.hasMoved(located.current, failedWith(code))).toBe(false);
    expect(asked()).toBe(0);
  });

  it('is not asked for where nobody can tell', async () => {
    const located = new LocatedCluster({ name: 'shop', cluster });
    expect(await located.hasMoved(cluster, untrusted)).toBe(false);
  });

  it('is asked for once by all who notice, and not by those who come with the old one later', async () => {
    const { located, asked } = locate([{ ...here, server: 'https://b.example.com' }]);
    const before = located.current;
    const all = await Promise.all([1, 2, 3].map(() => located.hasMoved(before, untrusted)));
    expect([...all, await located.hasMoved(before, untrusted)]).toEqual([true, true, true, true]);
    expect(asked()).toBe(1);
  });

  it('is not asked for again within 30 s where it was the same', async () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(1_000);
    const { located, asked } = locate([here, { ...here, certificateAuthority: 'new' }]);
    expect(await located.hasMoved(located.current, untrusted)).toBe(false);
    clock.mockReturnValue(30_999);
    expect(await located.hasMoved(located.current, untrusted)).toBe(false);
    expect(asked()).toBe(1);
    clock.mockReturnValue(31_000);
    expect(await located.hasMoved(located.current, untrusted)).toBe(true);
  });

  it('is told to be nowhere; that nobody answers is not', async () => {
    const unknown = new PlumbError('cluster-unknown', 'there is none');
    const silent = new PlumbError('cluster-unreachable', 'no answer', { retryable: true });
    const gone = locate([unknown]).located;
    await expect(gone.hasMoved(gone.current, untrusted)).rejects.toBe(unknown);
    const unanswered = locate([silent]).located;
    expect(await unanswered.hasMoved(unanswered.current, untrusted)).toBe(false);
  });
});
