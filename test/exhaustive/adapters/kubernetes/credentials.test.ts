import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Credentials } from '../../../../shared/adapters/kubernetes/credentials.ts';
import type { UserEntry } from '../../../../shared/adapters/kubernetes/kubeconfig.ts';
import { testConceal } from '../../../support/secrets/no-secrets.ts';

const cluster = { name: 'dev', server: 'https://dev.example.com', skipTlsVerify: false };
const open = (user: Partial<UserEntry>) =>
  new Credentials({ name: 'dev', cluster, user: { name: 'me', impersonate: [], ...user } }, {});

describe('Credentials', () => {
  it('of an OIDC provider are its ID token while that is valid', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const idToken = [part({ alg: 'RS256' }), part({ exp: 4_102_444_800 }), 'signature'].join('.');
    const authProvider = { name: 'oidc', config: { 'id-token': idToken, 'client-id': 'plumb' } };
    expect(await open({ authProvider }).current()).toMatchObject({ headers: [['authorization', `Bearer ${idToken}`]] });
  });

  it('are the same object until they change, and loaded anew after they were refused', async () => {
    const credentials = open({ token: 't0ken' });
    const first = await credentials.current();
    expect(await credentials.current()).toBe(first);
    await credentials.forget(first);
    const second = await credentials.current();
    expect(second).not.toBe(first);
    await credentials.forget(first);
    expect(await credentials.current()).toBe(second);
  });

  it('that cannot be read name the user and the file', async () => {
    await expect(open({ tokenFile: '/no/such/token' }).current()).rejects.toMatchObject({
      code: 'cluster-forbidden',
      object: '/no/such/token',
      message: expect.stringContaining('The credentials of user "me" cannot be read'),
    });
  });

  describe('of a token source', () => {
    afterEach(() => {
      jest.restoreAllMocks();
    });

    const issue = () => {
      let issued = 0;
      const tokenSource = async () => {
        issued += 1;
        const expiresAt = new Date(Date.now() + 14 * 60_000).toISOString();
        return { token: testConceal(Buffer.from(`t0ken-${issued}`)), expiresAt };
      };
      return open({ tokenSource });
    };
    const bearer = (number: number) => [['authorization', `Bearer t0ken-${number}`]];
    const headersOf = async (credentials: Credentials) => (await credentials.current()).headers;

    it('are one token for all who ask at once, and until 10 s before its end', async () => {
      const clock = jest.spyOn(Date, 'now').mockReturnValue(0);
      const credentials = issue();
      const asked = await Promise.all([1, 2, 3].map(() => headersOf(credentials)));
      expect(asked).toEqual([bearer(1), bearer(1), bearer(1)]);
      clock.mockReturnValue(14 * 60_000 - 10_001);
      expect(await headersOf(credentials)).toEqual(bearer(1));
      clock.mockReturnValue(14 * 60_000 - 10_000);
      expect(await headersOf(credentials)).toEqual(bearer(2));
    });

    it('are a new token after the old one was refused', async () => {
      const credentials = issue();
      await credentials.forget(await credentials.current());
      expect(await headersOf(credentials)).toEqual(bearer(2));
    });

    it('that fails are asked for again the next time', async () => {
      let asked = 0;
      const tokenSource = async () => {
        asked += 1;
        throw new Error('no token');
      };
      const credentials = open({ tokenSource });
      for (const count of [1, 2]) {
        await expect(credentials.current()).rejects.toThrow('no token');
        expect(asked).toBe(count);
      }
    });
  });
});
