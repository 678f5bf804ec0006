import { describe, expect, it } from '@jest/globals';
import { gitProviders } from '../../../shared/model/push.ts';
import { identifyProvider } from '../../../shared/webhook/identify-provider.ts';
import { verifyDelivery } from '../../../shared/webhook/verify.ts';
import { now, providerOf, recorded, recordedNames, signed, signingToken, standardProof } from './deliveries.ts';

const right = 'ada:correct horse';
const cases = recordedNames.map((name) => ({ name, provider: providerOf(name) }));
const verify = (delivery: Parameters<typeof verifyDelivery>[0], secrets: readonly string[], at = now): boolean => {
  const provider = identifyProvider(delivery.headers);
  return provider !== undefined && verifyDelivery(delivery, provider, { secrets: { [provider]: secrets }, now: at });
};

describe('the sender of a delivery', () => {
  it.each(cases)('is told by its headers: $name comes from $provider', ({ name, provider }) => {
    expect(identifyProvider(recorded(name).headers)).toBe(provider);
  });

  it('is not known where no header of a known host is there', () => {
    expect(
      identifyProvider({ 'content-type': 'application/json', 'x-hub-signature-256': 'sha256=00' }),
    ).toBeUndefined();
  });

  it('has a recorded delivery for each known host', () => {
    expect(new Set(cases.map(({ provider }) => provider))).toEqual(new Set(gitProviders));
  });
});

describe('a secret', () => {
  it.each(cases)('lets a delivery in that was signed with it: $name', ({ name }) => {
    expect(verify(signed(name, right), [right])).toBe(true);
  });

  it.each(cases)('keeps out a delivery that was signed with another one: $name', ({ name }) => {
    expect(verify(signed(name, 'ada:wrong'), [right])).toBe(false);
    expect(verify(signed(name, `${right}.`), [right])).toBe(false);
  });

  it.each(cases)('keeps out a delivery without signature or token: $name', ({ name }) => {
    const { headers } = recorded(name);
    expect(verify({ headers, body: signed(name, right).body }, [right])).toBe(false);
  });

  it.each(cases)('is one of several while it is rotated: $name', ({ name }) => {
    const secrets = ['ada:older', right, 'ada:newer'];
    for (const secret of secrets) expect(verify(signed(name, secret), secrets)).toBe(true);
    expect(verify(signed(name, 'ada:oldest'), secrets)).toBe(false);
  });

  it.each(cases)('is needed: without one for $provider nothing is let in ($name)', ({ name, provider }) => {
    expect(verify(signed(name, right), [])).toBe(false);
    expect(verifyDelivery(signed(name, right), provider, { secrets: {}, now })).toBe(false);
  });

  it.each(cases)('is never empty: $name', ({ name }) => {
    expect(verify(signed(name, ''), [''])).toBe(false);
  });

  it.each(cases.filter(({ provider }) => !['gitlab', 'azure-devops'].includes(provider)))(
    'signs every byte: $name with one of them changed stays out',
    ({ name }) => {
      const { headers, body } = signed(name, right);
      const changed = Uint8Array.from(body, (byte, index) => (index === body.length - 2 ? byte ^ 1 : byte));
      expect(verify({ headers, body: changed }, [right])).toBe(false);
    },
  );

  it('of one host does not open another: what Gitea signs is not taken for GitHub', () => {
    const delivery = signed('gitea-push', right);
    expect(delivery.headers['x-github-event']).toBe('push');
    expect(identifyProvider(delivery.headers)).toBe('gitea');
    expect(verifyDelivery(delivery, 'gitea', { secrets: { github: [right] }, now })).toBe(false);
  });

  it.each(['basic', 'Basic', 'BASIC'])('of Azure DevOps is understood after "%s"', (scheme) => {
    const { headers, body } = signed('azure-devops-push', right);
    const authorization = `${headers['authorization']}`.replace('Basic', scheme);
    expect(verify({ headers: { ...headers, authorization }, body }, [right])).toBe(true);
  });

  it.each(['', 'Bearer YWRhOmNvcnJlY3QgaG9yc2U=', 'Basic', 'Basic !', 'Basic YWRh'])(
    'of Azure DevOps is not in the header "%s"',
    (authorization) => {
      const { headers, body } = signed('azure-devops-push', right);
      expect(verify({ headers: { ...headers, authorization }, body }, [right])).toBe(false);
    },
  );
});

describe("a signing token of GitLab's", () => {
  const delivery = signed('gitlab-push', signingToken);
  const at = (time: Date): typeof delivery => ({
    ...delivery,
    headers: { ...delivery.headers, ...standardProof(delivery.body, signingToken, time) },
  });
  const minutes = (count: number): Date => new Date(now.getTime() + count * 60_000);

  it('lets in what it signed, beside tokens of the older kind', () => {
    expect(verify(delivery, [signingToken])).toBe(true);
    expect(verify(delivery, ['older', signingToken])).toBe(true);
    expect(verify(signed('gitlab-push', 'older'), ['older', signingToken])).toBe(true);
  });

  it('is not a token of the older kind', () => {
    const { headers, body } = signed('gitlab-push', 'older');
    expect(verify({ headers: { ...headers, 'x-gitlab-token': signingToken }, body }, [signingToken])).toBe(false);
  });

  it.each([-4.9, 0, 4.9])('lets in what was signed %d minutes from now', (count) => {
    expect(verify(at(minutes(count)), [signingToken])).toBe(true);
  });

  it.each([-60, -5.1, 5.1, 60])('keeps out what was signed %d minutes from now', (count) => {
    expect(verify(at(minutes(count)), [signingToken])).toBe(false);
  });

  it('signs id, time and body', () => {
    const later = { 'webhook-timestamp': `${Number(delivery.headers['webhook-timestamp']) + 1}` };
    expect(verify({ ...delivery, headers: { ...delivery.headers, ...later } }, [signingToken])).toBe(false);
    expect(verify({ ...delivery, headers: { ...delivery.headers, 'webhook-id': 'other' } }, [signingToken])).toBe(
      false,
    );
    expect(verify({ ...delivery, body: Buffer.from('{}') }, [signingToken])).toBe(false);
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('is not tried without %s', (header) => {
    expect(verify({ ...delivery, headers: { ...delivery.headers, [header]: undefined } }, [signingToken])).toBe(false);
  });

  it.each(['soon', '-1', '1e9', ' 1', '', '9'.repeat(400)])('keeps out the time "%s"', (timestamp) => {
    const headers = { ...delivery.headers, 'webhook-timestamp': timestamp };
    expect(verify({ ...delivery, headers }, [signingToken])).toBe(false);
  });

  it('fits one signature of several', () => {
    const signature = `v1a,AAAA v1,AAAA ${delivery.headers['webhook-signature']}`;
    const headers = { ...delivery.headers, 'webhook-signature': signature };
    expect(verify({ ...delivery, headers }, [signingToken])).toBe(true);
  });

  it.each(['whsec_', 'whsec_!!!', 'whsec_QUFB'])('is none when its key is missing or short: "%s"', (token) => {
    expect(verify(signed('gitlab-push', token), [token])).toBe(false);
  });
});
