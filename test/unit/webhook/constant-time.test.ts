import process from 'node:process';
import { afterAll, describe, expect, it, jest } from '@jest/globals';

const compared = jest.spyOn(process.getBuiltinModule('node:crypto'), 'timingSafeEqual');
afterAll(() => compared.mockRestore());
// Node's functions are bound when they are first imported, so all that does is loaded after the spy has been set.
const { bodyOf, now, providerOf, recordedNames, signed, signingToken } = await import('./deliveries.ts');
const { verifyDelivery } = await import('../../../shared/webhook/verify.ts');

/** The lengths of what was compared, in order, while a delivery was verified. */
function lengthsOf(name: string, given: string, secrets: readonly string[]): readonly (readonly number[])[] {
  compared.mockClear();
  const provider = providerOf(name);
  verifyDelivery(signed(name, given, bodyOf(name)), provider, { secrets: { [provider]: secrets }, now });
  return compared.mock.calls.map((sides) => sides.map(({ byteLength }) => byteLength));
}

const kinds = [
  ...new Map(recordedNames.map((name) => [providerOf(name), [name, 'user:correct horse'] as const])).values(),
  [recordedNames.find((name) => name.startsWith('gitlab')) ?? '', signingToken] as const,
];

describe('What a delivery proves itself with', () => {
  it.each(kinds)('is compared in constant time with each secret, right or wrong, long or short: %s', (name, secret) => {
    const others = [`${secret.slice(0, -4)}AAA=`, `${secret}${secret.slice(-8)}`];
    const expected = [
      [32, 32],
      [32, 32],
    ];
    expect(lengthsOf(name, secret, [secret, secret])).toEqual(expected);
    for (const other of others) expect(lengthsOf(name, other, [secret, secret])).toEqual(expected);
  });
});
