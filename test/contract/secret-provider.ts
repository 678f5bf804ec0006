import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SecretError } from '../../shared/errors.ts';
import { type Conceal, revealSecret, SecretValue } from '../../shared/model/secret-value.ts';
import type { FoundSecret, SecretAnswer, SecretProvider } from '../../shared/secret-ports.ts';

/**
 * A place of secrets and a provider that reads it, empty at first and with nothing kept from read to read. What a place cannot
 * do is absent, and not asked of it. Values are JSON objects of strings, compact and with sorted keys, so that places which
 * keep maps can have them too; keys are made of `a-z0-9-`, and of `/` where there is a `pathRoot`.
 */
export type ProviderBed = {
  readonly provider: SecretProvider;
  /** Makes a secret, or a newer version of it. */
  put(key: string, value: string | Uint8Array, tags?: { readonly [key: string]: string }): Promise<void>;
  /** Puts a newer version and gives the version of an address that means it for ever. */
  putVersion?(key: string, value: string): Promise<string>;
  remove(key: string): Promise<void>;
  /** From now on the provider may not read this key; others it may. */
  deny?(key: string): Promise<void>;
  /** True: values may be any bytes. */
  readonly binary?: boolean;
  /** True: `metadata` gives the tags, at the top of a JSON object or in one of its members. */
  readonly metadata?: boolean;
  /** True: this place of the test bed cannot tell that what it is asked for metadata of is absent. */
  readonly takesAbsentForUntagged?: boolean;
  readonly tags?: boolean;
  /** Present: `/` separates parts of keys, which then begin with this (`` or `/`), and `path` of a query is their first parts. */
  readonly pathRoot?: string;
  close(): Promise<void>;
};

/** The mark of a value that stands in for an installation's. */
export const conceal: Conceal = (bytes) =>
  new SecretValue(bytes, createHmac('sha256', 'test').update(bytes).digest('hex'));

/** The promises of the SecretProvider port. Every adapter has to pass. `open` is called before each test. */
export function secretProviderContract(name: string, open: () => Promise<ProviderBed>): void {
  describe(`${name} as a secret provider`, () => {
    let bed: ProviderBed;

    beforeEach(async () => {
      bed = await open();
    });

    afterEach(() => bed.close());

    const current = (): ProviderBed => bed;
    testReading(current);
    testTrouble(current);
    testVersions(current);
    testFinding(current);
    testMetadata(current);
  });
}

/** A value that occurs nowhere else, as JSON. */
export function canary(key: string): string {
  return `{"password":"c4n4ry-${key.replaceAll('/', '-')}-${createHmac('sha256', 'canary').update(key).digest('hex').slice(0, 20)}"}`;
}

/** The text of a value that was found; an error when it was not. */
export function textOf(answer: SecretAnswer | undefined): string {
  return Buffer.from(bytesOf(answer)).toString();
}

function bytesOf(answer: SecretAnswer | undefined): Uint8Array {
  if (answer?.state === 'found') return revealSecret(answer.value);
  throw new Error(`not found but ${answer?.state === 'failed' ? answer.error.message : answer?.state}`);
}

function testReading(bed: () => ProviderBed): void {
  it('gives each of many keys that are asked for at once its own value', async () => {
    const keys = Array.from({ length: 45 }, (_, index) => `shop-${index}`);
    await Promise.all(keys.map((key) => bed().put(key, canary(key))));
    const answers = await Promise.all(keys.map((key) => bed().provider.read({ key })));
    expect(answers.map(textOf)).toEqual(keys.map(canary));
  });

  it('gives the same key as often as it is asked for, with the same mark and version', async () => {
    await bed().put('shop', canary('shop'));
    const answers = await Promise.all(Array.from({ length: 30 }, () => bed().provider.read({ key: 'shop' })));
    expect(new Set(answers.map(textOf))).toEqual(new Set([canary('shop')]));
    expect(new Set(answers.map((answer) => inspect(answer)))).toHaveProperty('size', 1);
    expect(new Set(answers.map(markOf))).toHaveProperty('size', 1);
  });

  it('gives what was put last', async () => {
    await bed().put('shop', canary('old'));
    expect(textOf(await bed().provider.read({ key: 'shop' }))).toBe(canary('old'));
    await bed().put('shop', canary('new'));
    expect(textOf(await bed().provider.read({ key: 'shop' }))).toBe(canary('new'));
  });

  it('gives a value of many kilobytes and of all kinds of characters unchanged', async () => {
    const text = JSON.stringify({ a: '{}[]"\\\n\u00e4\u{1f511}', b: 'x'.repeat(30_000) });
    await bed().put('shop', text);
    expect(JSON.parse(textOf(await bed().provider.read({ key: 'shop' })))).toEqual(JSON.parse(text));
  });

  it('gives bytes that are no text unchanged', async () => {
    if (!bed().binary) return;
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await bed().put('shop', bytes);
    expect(Buffer.from(bytesOf(await bed().provider.read({ key: 'shop' }))).equals(bytes)).toBe(true);
  });
}

function testTrouble(bed: () => ProviderBed): void {
  it('says that a key is absent which never was, and one that was removed, and gives those beside them', async () => {
    await bed().put('shop', canary('shop'));
    await bed().put('gone', canary('gone'));
    await bed().remove('gone');
    const [never, gone, shop] = await Promise.all(['never', 'gone', 'shop'].map((key) => bed().provider.read({ key })));
    expect([never, gone]).toEqual([{ state: 'absent' }, { state: 'absent' }]);
    expect(textOf(shop)).toBe(canary('shop'));
  });

  it('says of a key that it may not read that it is denied, by name and with the way out, and gives those beside it', async () => {
    const { deny } = bed();
    if (deny === undefined) return;
    const keys = Array.from({ length: 25 }, (_, index) => `shop-${index}`);
    await Promise.all(keys.map((key) => bed().put(key, canary(key))));
    await deny('shop-7');
    const answers = await Promise.all(keys.map((key) => bed().provider.read({ key })));
    const failed = answers.filter(({ state }) => state !== 'found');
    expect(failed).toEqual([answers[7]]);
    const error = errorOf(answers[7]);
    expect(error).toMatchObject({ code: 'secret-denied', message: expect.stringContaining('shop-7') });
    expect(error.hint).toMatch(/\S/);
  });

  it('shows no value in an answer, however it is printed', async () => {
    await bed().put('shop', canary('shop'));
    await bed().deny?.('shop');
    const answers = [await bed().provider.read({ key: 'shop' }), await bed().provider.read({ key: 'never' })];
    for (const text of [
      inspect(answers, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
      JSON.stringify(answers),
      answers.map((answer) => (answer.state === 'failed' ? `${answer.error.stack}` : '')).join(),
    ])
      expect(text).not.toContain('c4n4ry');
  });
}

function testVersions(bed: () => ProviderBed): void {
  it('gives the version that was asked for, and without one the newest', async () => {
    const { putVersion } = bed();
    if (putVersion === undefined) return;
    const first = await putVersion('shop', canary('first'));
    const second = await putVersion('shop', canary('second'));
    const addresses = [{ key: 'shop', version: first }, { key: 'shop', version: second }, { key: 'shop' }];
    const answers = await Promise.all(addresses.map((address) => bed().provider.read(address)));
    expect(answers.map(textOf)).toEqual([canary('first'), canary('second'), canary('second')]);
    expect(versionOf(answers[0])).not.toBe(versionOf(answers[1]));
    expect(versionOf(answers[2])).toBe(versionOf(answers[1]));
  });

  it('gives the same again for the version that it answered with', async () => {
    const { putVersion } = bed();
    if (putVersion === undefined) return;
    await putVersion('shop', canary('first'));
    const version = versionOf(await bed().provider.read({ key: 'shop' }));
    await putVersion('shop', canary('second'));
    const again = await bed().provider.read({ key: 'shop', version });
    expect(textOf(again)).toBe(canary('first'));
    expect(versionOf(again)).toBe(version);
  });

  it('gives no value for a version that never was', async () => {
    const { putVersion } = bed();
    if (putVersion === undefined) return;
    const version = await putVersion('shop', canary('shop'));
    await putVersion('other', canary('other'));
    const unknown = version.replace(/\d+/g, (digits) => '9'.repeat(digits.length));
    expect((await bed().provider.read({ key: 'shop', version: unknown })).state).not.toBe('found');
  });
}

function testFinding(bed: () => ProviderBed): void {
  it('finds the secrets whose name fits, sorted by key', async () => {
    for (const key of ['shop-b', 'bank', 'shop-a', 'shop-b2']) await bed().put(key, canary(key));
    await bed().put('shop-gone', canary('shop-gone'));
    await bed().remove('shop-gone');
    const found = await bed().provider.find({ matches: (name) => name.includes('shop') });
    expect(contentOf(found)).toEqual(['shop-a', 'shop-b', 'shop-b2'].map((key) => [key, canary(key)]));
  });

  it('finds more secrets than fit on a page', async () => {
    const keys = Array.from({ length: 120 }, (_, index) => `shop-${String(index).padStart(3, '0')}`);
    await Promise.all(keys.map((key) => bed().put(key, canary(key))));
    const found = await bed().provider.find({ matches: (name) => /^shop-\d+$/.test(name) });
    expect(contentOf(found)).toEqual(keys.map((key) => [key, canary(key)]));
  });

  it('finds nothing where nothing fits', async () => {
    await bed().put('shop', canary('shop'));
    expect(await bed().provider.find({ matches: () => false })).toEqual([]);
  });

  it('finds by tags only what has all of them with exactly these values', async () => {
    if (!bed().tags) return;
    await bed().put('both', canary('both'), { team: 'red', env: 'prod' });
    await bed().put('one', canary('one'), { team: 'red' });
    await bed().put('longer', canary('longer'), { team: 'red', env: 'production' });
    await bed().put('crossed', canary('crossed'), { team: 'prod', env: 'red' });
    await bed().put('none', canary('none'));
    const found = await bed().provider.find({ tags: { team: 'red', env: 'prod' } });
    expect(contentOf(found)).toEqual([['both', canary('both')]]);
    const named = await bed().provider.find({ tags: { team: 'red' }, matches: (name) => name.startsWith('o') });
    expect(contentOf(named)).toEqual([['one', canary('one')]]);
  });

  it('finds what is below a path, at any depth, and nothing beside it', async () => {
    const root = bed().pathRoot;
    if (root === undefined) return;
    const keys = ['shop/deep/b', 'shop/a', 'bank/shop', 'shop-a'].map((key) => `${root}${key}`);
    for (const key of keys) await bed().put(key, canary(key));
    const found = await bed().provider.find({ path: `${root}shop/` });
    const wanted = [`${root}shop/a`, `${root}shop/deep/b`];
    expect(contentOf(found)).toEqual(wanted.map((key) => [key, canary(key)]));
    const named = await bed().provider.find({ path: `${root}shop/`, matches: (name) => name.endsWith('b') });
    expect(contentOf(named)).toEqual([[`${root}shop/deep/b`, canary(`${root}shop/deep/b`)]]);
  });

  it('tells of each secret on its own when one that fits may not be read', async () => {
    const { deny } = bed();
    if (deny === undefined) return;
    for (const key of ['shop-a', 'shop-b']) await bed().put(key, canary(key));
    await deny('shop-a');
    const found = await bed().provider.find({ matches: (name) => name.startsWith('shop-') });
    expect(found.map(({ key, answer }) => [key, answer.state])).toEqual([
      ['shop-a', 'failed'],
      ['shop-b', 'found'],
    ]);
  });
}

function testMetadata(bed: () => ProviderBed): void {
  it('gives the tags of a secret in place of its value', async () => {
    if (!bed().metadata) return;
    await bed().put('shop', canary('shop'), { team: 'red', env: 'prod' });
    const [answer, absent] = await Promise.all(
      ['shop', 'never'].map((key) => bed().provider.read({ key, metadata: true })),
    );
    const text = textOf(answer);
    const values = Object.values(JSON.parse(text)).filter((value) => typeof value === 'object');
    expect([JSON.parse(text), ...values]).toContainEqual(expect.objectContaining({ team: 'red', env: 'prod' }));
    expect(text).not.toContain('c4n4ry');
    if (!bed().takesAbsentForUntagged) expect(absent).toEqual({ state: 'absent' });
  });
}

function contentOf(found: readonly FoundSecret[]): readonly (readonly [string, string])[] {
  return found.map(({ key, answer }) => [key, textOf(answer)]);
}

function errorOf(answer: SecretAnswer | undefined): SecretError {
  if (answer?.state !== 'failed') throw new Error(`it did not fail but is ${answer?.state}`);
  expect(answer.error).toBeInstanceOf(SecretError);
  return answer.error;
}

function versionOf(answer: SecretAnswer | undefined): string {
  return answer?.state === 'found' ? answer.version : '';
}

function markOf(answer: SecretAnswer): string {
  return answer.state === 'found' ? answer.value.mark : '';
}
