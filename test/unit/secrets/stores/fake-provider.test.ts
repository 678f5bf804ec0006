import { describe, expect, it } from '@jest/globals';
import { revealSecret } from '../../../../shared/model/secret-value.ts';
import type { SecretAnswer } from '../../../../shared/secret-ports.ts';
import { fakeProvider } from '../../../../shared/secrets/stores/fake-provider.ts';
import { parseFakeStore } from '../../../../shared/secrets/stores/fake-store.ts';
import { testConceal } from '../../../support/secrets/no-secrets.ts';

const store = { kind: 'SecretStore', namespace: 'shop', name: 'fake' } as const;
const data = [
  { key: 'db', value: 'plain' },
  { key: 'db', value: 'one', version: 'v1' },
  { key: 'db', value: 'two', version: 'v2' },
  { key: 'api', value: 'old' },
  { key: 'api', value: 'new' },
];
const provider = fakeProvider({ store, spec: parseFakeStore({ data }, store), conceal: testConceal });
const textOf = (answer: SecretAnswer): string =>
  answer.state === 'found' ? Buffer.from(revealSecret(answer.value)).toString() : answer.state;

describe('a Fake store', () => {
  it.each([
    ['db', undefined, 'plain'],
    ['db', 'v1', 'one'],
    ['db', 'v2', 'two'],
    ['db', 'v3', 'absent'],
    ['api', undefined, 'new'],
    ['none', undefined, 'absent'],
  ])('gives for %s in version %s: %s', async (key, version, expected) => {
    expect(textOf(await provider.read({ key, ...(version === undefined ? {} : { version }) }))).toBe(expected);
  });

  it('finds each key in its greatest version', async () => {
    const found = await provider.find({});
    expect(found.map(({ key, answer }) => [key, textOf(answer)])).toEqual([
      ['api', 'new'],
      ['db', 'two'],
    ]);
  });

  it('says that it has no metadata and no tags', async () => {
    expect(await provider.read({ key: 'db', metadata: true })).toMatchObject({ error: { code: 'secret-invalid' } });
    await expect(provider.find({ tags: { a: 'b' } })).rejects.toMatchObject({ code: 'secret-invalid' });
  });

  it.each([[{ data: [{ key: '', value: 'c4n4ry' }] }], [{ data: [{ key: 'a', value: '' }] }], [{ data: 'c4n4ry' }]])(
    'without key or value is refused',
    (spec) => {
      expect(() => parseFakeStore(spec, store)).toThrow(/^SecretStore shop\/fake: spec\.provider\.fake\.data/);
    },
  );
});
