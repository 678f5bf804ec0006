import { describe, expect, it } from '@jest/globals';
import { SecretError } from '../../../../shared/errors.ts';
import { processorTime } from '../../../support/processor-time.ts';
import { data, evaluate, failure, found, hidden, manifest } from '../../../unit/secrets/external/bed.ts';

const row = (secretKey: string, remoteRef: object): { [key: string]: never } => ({ secretKey, remoteRef }) as never;

describe('a row of data', () => {
  const json = '{"user":"ada","n":12345678901234567890,"a.b":{"c":[1,"x"]},"none":null}';
  it.each([
    { remoteRef: { key: 'db' }, value: json },
    { remoteRef: { key: 'db', property: 'user' }, value: 'ada' },
    { remoteRef: { key: 'db', property: 'n' }, value: '12345678901234567890' },
    { remoteRef: { key: 'db', property: 'a.b' }, value: '{"c":[1,"x"]}' },
    { remoteRef: { key: 'db', property: 'a\\.b.c.1' }, value: 'x' },
    { remoteRef: { key: 'db', property: 'none' }, value: '' },
    { remoteRef: { key: 'b64', decodingStrategy: 'Base64' }, value: 'hello' },
    { remoteRef: { key: 'plain', decodingStrategy: 'Auto' }, value: 'not base64!' },
  ])('is the value, or the property, that it names: $remoteRef', ({ remoteRef, value }) => {
    const store = { db: json, b64: 'aGVsbG8=', plain: 'not base64!' };
    expect(data({ data: [row('key', remoteRef)] }, { store })).toEqual({ key: value });
  });

  it('keeps binary values to the byte', () => {
    const bytes = Uint8Array.of(0, 255, 128, 10, 0);
    const made = manifest({ data: [row('bin', { key: 'bin' })] }, { store: { bin: bytes } });
    expect(made.data).toMatchObject({ bin: found(bytes).state === 'found' ? { mark: expect.any(String) } : {} });
  });

  it('may come from a store of its own', () => {
    const spec = { data: [{ secretKey: 'k', remoteRef: { key: 'a' }, sourceRef: { storeRef: { name: 'other' } } }] };
    expect(data(spec, { store: { a: 'v' } })).toEqual({ k: 'v' });
  });
});

describe('dataFrom', () => {
  it('extracts texts decoded and all else as it is written', () => {
    const store = { db: '{"t":"x\\ny","n":1.0,"b":true,"z":null,"o":{ "a" : 1 },"l":[1, 2]}' };
    expect(data({ dataFrom: [{ extract: { key: 'db' } }] }, { store })).toEqual({
      t: 'x\ny',
      n: '1.0',
      b: 'true',
      z: '',
      o: '{ "a" : 1 }',
      l: '[1, 2]',
    });
  });

  it('goes over earlier entries, and data goes over dataFrom', () => {
    const store = { one: '{"a":"1","b":"1","c":"1"}', two: '{"b":"2","c":"2"}', three: '3' };
    const spec = {
      dataFrom: [{ extract: { key: 'one' } }, { extract: { key: 'two' } }],
      data: [row('c', { key: 'three' })],
    };
    expect(data(spec, { store })).toEqual({ a: '1', b: '2', c: '3' });
  });

  it('finds secrets by name and converts the characters that a key may not have', () => {
    const store = { 'team/db:pw': 'x', 'team/api': 'y', other: 'z' };
    const find = (conversionStrategy: string) => ({
      dataFrom: [{ find: { name: { regexp: '^team' }, conversionStrategy } }],
    });
    expect(data(find('Default'), { store })).toEqual({ team_db_pw: 'x', team_api: 'y' });
    expect(data(find('Unicode'), { store })).toEqual({ team_U002f_db_U003a_pw: 'x', team_U002f_api: 'y' });
  });

  it('refuses keys that become one, and keys that a rewrite leaves illegal', () => {
    const find = { name: { regexp: '.' } };
    const store = { 'a/b': '1', 'a:b': '2' };
    expect(failure(() => evaluate({ dataFrom: [{ find }] }, { store })).message).toContain(
      'two of its keys become one',
    );
    const rewrite = [{ regexp: { source: 'x', target: 'y' } }];
    expect(failure(() => evaluate({ dataFrom: [{ find, rewrite }] }, { store })).message).toContain(
      'other than letters',
    );
  });
});

describe('what is missing at the provider', () => {
  const spec = (deletionPolicy: string, more: readonly unknown[] = []) =>
    ({ target: { deletionPolicy }, data: [row('k', { key: 'gone' }), ...more] }) as never;

  it('fails everything where the Secret is retained', () => {
    const { code, message, hint } = failure(() => evaluate(spec('Retain')));
    expect(code).toBe('secret-absent');
    expect(message).toBe(
      'ExternalSecret apps/web: spec.data[0] (k: key gone, SecretStore apps/aws): there is no such secret',
    );
    expect(hint).toContain('deletionPolicy');
  });

  it('is left out, and told, under another deletion policy', () => {
    const evaluated = evaluate(spec('Merge', [row('there', { key: 'there' })]), { store: { there: 'x' } });
    expect(evaluated).toMatchObject({ state: 'resolved', missing: [expect.stringContaining('key gone')] });
  });

  it('deletes the Secret when nothing is left and the policy is Delete', () => {
    expect(evaluate(spec('Delete')).state).toBe('delete');
    expect(
      failure(() =>
        evaluate({ target: { deletionPolicy: 'Delete', creationPolicy: 'Orphan' }, data: [row('k', { key: 'gone' })] }),
      ).message,
    ).toContain('Owner');
  });

  it('leaves an empty Secret when the policy is Merge', () => {
    expect(manifest(spec('Merge')).data).toEqual({});
  });

  it('leaves everything alone when find finds nothing and the Secret is retained', () => {
    expect(evaluate({ dataFrom: [{ find: { name: { regexp: 'x' } } }] }).state).toBe('left-alone');
  });

  it('is always a failure when it is a property', () => {
    const run = () =>
      evaluate(
        { target: { deletionPolicy: 'Delete' }, data: [row('k', { key: 'a', property: 'b' })] },
        { store: { a: '{}' } },
      );
    expect(failure(run).message).toContain(
      'spec.data[0] (k: key a, property b, SecretStore apps/aws): the secret is there',
    );
  });
});

describe('failures', () => {
  it('name the store once, the version that was asked for, and each way out once', () => {
    const refused = new SecretError('secret-refused', 'SecretStore apps/aws: denied may not be read', { hint: 'ask' });
    const spec = {
      data: [
        row('a', { key: 'denied' }),
        row('b', { key: 'gone', version: '7' }),
        row('c', { key: 'plain', property: 'x' }),
        row('d', { key: 'plain', property: 'y' }),
      ],
    };
    const store = { denied: { state: 'failed', error: refused }, plain: 'no json' } as const;
    const { message, hint } = failure(() => evaluate(spec, { store }));
    expect(message.split('\n').slice(1, 4)).toEqual([
      '  spec.data[0] (a: key denied, SecretStore apps/aws): denied may not be read',
      '  spec.data[1] (b: key gone, version 7, SecretStore apps/aws): there is no such secret, or it has no such version',
      '  spec.data[2] (c: key plain, property x, SecretStore apps/aws): the secret is there, but it is no JSON, and has no properties',
    ]);
    expect(hint?.split('\n  ')).toEqual([
      'ask',
      expect.stringContaining('create it at the provider'),
      expect.stringContaining('correct property'),
    ]);
  });

  it('are all named in one error, each with its row, key and store', () => {
    const store = {
      bad: 'no json',
      denied: { state: 'failed', error: new SecretError('secret-denied', 'access to denied is denied') },
    } as const;
    const spec = {
      dataFrom: [{ extract: { key: 'bad' } }, { extract: { key: 'none' } }],
      data: [
        row('a', { key: 'denied' }),
        row('b', { key: 'bad', decodingStrategy: 'Base64' }),
        row('c', { key: 'bad', property: 'x|y' }),
      ],
    };
    const { message, code, retryable } = failure(() => evaluate(spec, { store }));
    expect(message.split('\n').slice(1)).toEqual([
      '  spec.dataFrom[0] (key bad, SecretStore apps/aws): the value is not a JSON object',
      '  spec.dataFrom[1] (key none, SecretStore apps/aws): there is no such secret',
      '  spec.data[0] (a: key denied, SecretStore apps/aws): access to denied is denied',
      '  spec.data[1] (b: key bad, SecretStore apps/aws): the value is not base64 with padding',
      '  spec.data[2] (c: key bad, property x|y, SecretStore apps/aws): the property asks for a pipe (|), which is not supported',
    ]);
    expect({ code, retryable }).toEqual({ code: 'secret-invalid', retryable: false });
  });

  it('may be tried again only where each of them may', () => {
    const down = { state: 'failed', error: new SecretError('secret-unreachable', 'no answer') } as const;
    const spec = { data: [row('a', { key: 'a' }), row('b', { key: 'b' })] };
    expect(failure(() => evaluate(spec, { store: { a: down, b: down } })).retryable).toBe(true);
    expect(failure(() => evaluate(spec, { store: { a: down } })).retryable).toBe(false);
  });

  it('are not thousands of lines long', () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => row(`k${index}`, { key: `k${index}` }));
    expect(failure(() => evaluate({ data: rows })).message).toMatch(/and 4980 more$/);
  });

  it('include NUL bytes where they are forbidden', () => {
    const spec = (nullBytePolicy: string) => ({ data: [row('a', { key: 'a', nullBytePolicy })] });
    const store = { a: Uint8Array.of(97, 0) };
    expect(evaluate(spec('Ignore'), { store }).state).toBe('resolved');
    expect(failure(() => evaluate(spec('Fail'), { store })).message).toContain('NUL bytes');
  });

  it('include a Secret that is too large for Kubernetes', () => {
    const store = { a: 'x'.repeat(600_000) };
    const spec = { data: [row('a', { key: 'a' }), row('b', { key: 'a' })] };
    expect(failure(() => evaluate(spec, { store })).message).toContain('larger than 1 MiB');
    expect(evaluate({ data: [row('a', { key: 'a' })] }, { store }).state).toBe('resolved');
  });
});

describe('the target', () => {
  const spec = (target: object) => ({ target, data: [row('k', { key: 'a' })] }) as never;
  const store = { a: 'v' };
  const existing = { data: new Map([['k', hidden('v')]]), annotations: {} };

  it('has the name that it says, or that of the ExternalSecret, and is immutable if wanted', () => {
    expect(manifest(spec({}), { store }).metadata).toEqual({ name: 'web', namespace: 'apps' });
    expect(manifest(spec({ name: 'other', immutable: true }), { store })).toMatchObject({
      metadata: { name: 'other' },
      immutable: true,
    });
  });

  it('is not touched under creationPolicy None', () => {
    expect(evaluate(spec({ creationPolicy: 'None' }), {}).state).toBe('left-alone');
  });

  it('has to be there under creationPolicy Merge, and not under CreateOrMerge', () => {
    expect(failure(() => evaluate(spec({ creationPolicy: 'Merge' }), { store }))).toMatchObject({
      code: 'secret-absent',
    });
    expect(evaluate(spec({ creationPolicy: 'Merge' }), { store, existing }).state).toBe('resolved');
    expect(evaluate(spec({ creationPolicy: 'CreateOrMerge' }), { store }).state).toBe('resolved');
  });

  it('is not changed where the Secret in the cluster is immutable', () => {
    const frozen = { ...existing, immutable: true };
    expect(evaluate(spec({}), { store, existing: frozen }).state).toBe('resolved');
    expect(failure(() => evaluate(spec({}), { store: { a: 'new' }, existing: frozen })).message).toContain('immutable');
  });

  it('inherits labels and annotations, but not who owns the ExternalSecret', () => {
    const parts = {
      labels: { team: 'a', 'plumbline.dev/app': 'x' },
      annotations: {
        note: 'n',
        'argocd.argoproj.io/tracking-id': 'x',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'argocd.argoproj.io/sync-wave': '2',
      },
    };
    expect(manifest(spec({}), { store, parts }).metadata).toEqual({
      name: 'web',
      namespace: 'apps',
      labels: { team: 'a' },
      annotations: { note: 'n', 'argocd.argoproj.io/sync-wave': '2' },
    });
    const templated = { template: { metadata: { labels: { own: 'l' } } } };
    expect(manifest(spec(templated), { store, parts }).metadata).toEqual({
      name: 'web',
      namespace: 'apps',
      labels: { own: 'l' },
      annotations: { 'argocd.argoproj.io/sync-wave': '2' },
    });
  });

  it('takes ten thousand keys of one secret without going through it for each', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `key-${index}`);
    const big = JSON.stringify(Object.fromEntries(keys.map((key) => [key, `value of ${key}`])));
    const rows = keys.map((key) => row(key, { key: 'big', property: key }));
    const took = processorTime(() => {
      const values = data({ dataFrom: [{ extract: { key: 'big' } }], data: rows }, { store: { big } });
      expect(Object.keys(values)).toHaveLength(10_000);
    });
    expect(took).toBeLessThan(20_000);
  });
});
