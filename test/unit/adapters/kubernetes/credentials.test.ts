import { describe, expect, it } from '@jest/globals';
import { Credentials } from '../../../../shared/adapters/kubernetes/credentials.ts';
import type { UserEntry } from '../../../../shared/adapters/kubernetes/kubeconfig.ts';

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
});
