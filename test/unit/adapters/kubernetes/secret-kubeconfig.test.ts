import { inspect } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';
import { Credentials } from '../../../../shared/adapters/kubernetes/credentials.ts';
import { openSecretTarget } from '../../../../shared/adapters/kubernetes/secret-kubeconfig.ts';
import { SecretError } from '../../../../shared/errors.ts';
import { failureOf } from '../../../support/failure-of.ts';

type Fields = Readonly<Record<string, unknown>>;

const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:edge';
const kubeconfig = { name: 'edge', secret };
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const authority = base64('authority');

function textOf(user: Fields = { token: 'c4n4ry' }, cluster: Fields = {}, more: Fields = {}): string {
  return JSON.stringify({
    'current-context': 'here',
    contexts: [
      { name: 'elsewhere', context: { cluster: 'gone', user: 'laptop' } },
      { name: 'here', context: { cluster: 'there', user: 'me' } },
    ],
    clusters: [
      {
        name: 'there',
        cluster: { server: 'https://edge.example', 'certificate-authority-data': authority, ...cluster },
      },
    ],
    users: [
      { name: 'laptop', user: { exec: { command: 'aws' } } },
      { name: 'me', user },
    ],
    ...more,
  });
}

describe('a kubeconfig in a secret', () => {
  it('opens the cluster of its current context, whatever others there are', async () => {
    const target = await openSecretTarget(kubeconfig, async () => textOf());
    expect(target).toMatchObject({
      name: 'edge',
      cluster: { name: 'there', server: 'https://edge.example', ca: { data: authority } },
      user: { name: 'me', token: 'c4n4ry' },
    });
    expect(target.advice?.unknownUser).toContain(secret);
  });

  it('opens that of its only context, where none is said to be current', async () => {
    const contexts = [{ name: 'only', context: { cluster: 'there', user: 'me' } }];
    const read = async (): Promise<string> => textOf(undefined, {}, { contexts, 'current-context': '' });
    expect((await openSecretTarget(kubeconfig, read)).cluster.name).toBe('there');
  });

  it.each<[string, string, string]>([
    ['a program', textOf({ exec: { command: 'aws', apiVersion: 'v1' } }), 'user "me" runs the program "aws" (exec)'],
    ['a login', textOf({ 'auth-provider': { name: 'oidc' } }), 'user "me" logs in elsewhere (auth-provider)'],
    ['a token file', textOf({ tokenFile: '/token' }), 'user "me" names a file (tokenFile)'],
    ['a certificate file', textOf({ 'client-certificate': 'c.pem' }), 'user "me" names a file (client-certificate)'],
    [
      'a key file',
      textOf({ 'client-certificate-data': base64('c4n4ry'), 'client-key': 'k.pem' }),
      'user "me" names a file (client-key)',
    ],
    [
      'a file of authorities',
      textOf(undefined, { 'certificate-authority-data': undefined, 'certificate-authority': 'ca.pem' }),
      'cluster "there" names a file (certificate-authority)',
    ],
    ['nobody to be', textOf({}), 'user "me" has neither a token nor a client certificate with its key'],
    ['no user', textOf(undefined, {}, { users: [] }), 'context "here" has no user'],
    ['no context', textOf(undefined, {}, { 'current-context': '' }), 'it has no current-context'],
  ])('that wants %s is refused, by name', async (_, text, why) => {
    const error = await failureOf(openSecretTarget(kubeconfig, async () => text));
    expect(error).toMatchObject({
      code: 'cluster-unknown',
      object: secret,
      message: `The kubeconfig in secret ${secret} cannot be used: ${why}`,
      hint: expect.stringContaining('neither programs nor files'),
    });
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain('c4n4ry');
  });

  it.each([
    ['is no YAML', 'c4n4ry: [\n', 'it is not valid YAML'],
    ['is a text', 'c4n4ry', 'it is not a mapping'],
  ])('that %s is named, and nothing of it is told', async (_, text, why) => {
    const error = await failureOf(openSecretTarget(kubeconfig, async () => text));
    expect(error).toMatchObject({
      message: expect.stringContaining(`Kubeconfig in secret ${secret} cannot be read: ${why}`),
      hint: 'Correct the text of the secret.',
    });
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain('c4n4ry');
  });

  it.each([
    ['secret-unreachable', 'cluster-unreachable', true],
    ['secret-denied', 'cluster-forbidden', false],
  ] as const)('that cannot be read (%s) makes its cluster one that is %s', async (code, wanted, retryable) => {
    const read = (): Promise<never> => Promise.reject(new SecretError(code, `Secret ${secret}: no`, { hint: 'Do.' }));
    expect(await failureOf(openSecretTarget(kubeconfig, read))).toMatchObject({
      code: wanted,
      retryable,
      hint: 'Do.',
      message: `Cluster edge: its kubeconfig cannot be had: Secret ${secret}: no`,
    });
  });
});

describe('what changes in a kubeconfig in a secret', () => {
  it('is where the API server is, and whom its certificate is signed by', async () => {
    let text = textOf();
    const target = await openSecretTarget(kubeconfig, async () => text);
    text = textOf(undefined, { server: 'https://new.example/', 'certificate-authority-data': base64('new') });
    expect(await target.locate?.()).toEqual({ server: 'https://new.example', certificateAuthority: base64('new') });
    const known = await openSecretTarget(kubeconfig, async () =>
      textOf(undefined, { 'certificate-authority-data': undefined }),
    );
    expect(known.locate).toBeUndefined();
  });

  it('is who to be: seen after five minutes, and at once when it was refused', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(0);
    try {
      let text = textOf({ token: 'one' });
      const credentials = new Credentials(await openSecretTarget(kubeconfig, async () => text), {});
      const headersOf = async (): Promise<unknown> => (await credentials.current()).headers;
      expect(await headersOf()).toEqual([['authorization', 'Bearer one']]);
      text = textOf({ token: 'two' });
      clock.mockReturnValue(5 * 60_000 - 1);
      expect(await headersOf()).toEqual([['authorization', 'Bearer one']]);
      clock.mockReturnValue(5 * 60_000);
      expect(await headersOf()).toEqual([['authorization', 'Bearer two']]);
      text = textOf({ token: 'three' });
      await credentials.forget(await credentials.current());
      expect(await headersOf()).toEqual([['authorization', 'Bearer three']]);
    } finally {
      clock.mockRestore();
    }
  });

  it('leaves a client certificate the same object, with which connections are open, until it is another one', async () => {
    const certificate = (text: string): Fields => ({
      'client-certificate-data': base64(text),
      'client-key-data': base64('key'),
    });
    let text = textOf(certificate('one'));
    const credentials = new Credentials(await openSecretTarget(kubeconfig, async () => text), {});
    const first = await credentials.current();
    await credentials.forget(first);
    const second = await credentials.current();
    expect(second).not.toBe(first);
    expect(second.certificate).toBe(first.certificate);
    text = textOf(certificate('two'));
    await credentials.forget(second);
    expect(Buffer.from((await credentials.current()).certificate?.cert ?? '').toString()).toBe('two');
  });
});
