import { execFileSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../../shared/model/json.ts';
import { decode, encode, pack, unpack } from '../../../shared/state/codec.ts';

const key = 'heads/shop.json';
const written = Buffer.from(encode('head', { application: 'shop', text: 'ü' })).toString();

describe('a stored object', () => {
  it('is read as it was written, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        expect(decode('head', encode('head', plain), key)).toEqual(plain);
      }),
    );
  });

  it('is one line of JSON that says kind, format and checksum', () => {
    expect(JSON.parse(written)).toEqual({
      kind: 'head',
      format: 1,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      data: { application: 'shop', text: 'ü' },
    });
    expect(written.endsWith('}\n')).toBe(true);
  });

  it('is checked by a person with sha256sum alone', () => {
    const script = `sed 's/^.*"data"://; s/}$//' | tr -d '\\n' | sha256sum | cut -c1-64`;
    const sum = execFileSync('sh', ['-c', script], { input: written }).toString().trim();
    expect(written).toContain(`"sha256":"${sum}"`);
  });

  it.each([
    ['empty', '', 'does not begin as a stored object does'],
    ['not JSON', 'hello', 'does not begin as a stored object does'],
    ['without an envelope', '{"application":"shop"}', 'does not begin as a stored object does'],
    ['cut short', written.slice(0, -10), 'is cut short or was edited'],
    ['cut in its header', written.slice(0, 50), 'is cut short or was edited'],
    ['printed prettily', JSON.stringify(JSON.parse(written), null, 2), 'does not begin as a stored object does'],
    ['edited', written.replace('"shop"', '"shoq"'), 'its content has the SHA-256'],
    ['longer than written', written.replace('}\n', ',"b":1}\n'), 'its content has the SHA-256'],
    ['of another kind', written.replace('"head"', '"ref"'), 'it holds a ref where a head belongs'],
  ])('is refused when it is %s', (_, content, why) => {
    const read = (): Json => decode('head', Buffer.from(content), key);
    expect(read).toThrow(
      expect.objectContaining({ code: 'store-corrupt', object: key, message: expect.stringContaining(why) }),
    );
    expect(read).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('Put the object back from a backup') }),
    );
  });

  it('is refused wherever one byte of it was changed', () => {
    const bytes = Buffer.from(written);
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => decode('head', changed, key)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^store-/) }),
      );
    }
  });

  it('is refused, with the way out, when a newer version wrote it', () => {
    const newer = written.replace('"format":1', '"format":2');
    expect(() => decode('head', Buffer.from(newer), key)).toThrow(
      expect.objectContaining({
        code: 'store-newer',
        message: 'heads/shop.json in the store has format 2; this version reads up to 1',
        hint: expect.stringContaining('Upgrade plumb'),
      }),
    );
  });

  it('is packed so that gunzip reads it, and the same each time', async () => {
    const packed = await pack(Buffer.from(written));
    expect(gunzipSync(packed).toString()).toBe(written);
    expect(await pack(Buffer.from(written))).toEqual(packed);
    expect(Buffer.from(await unpack(packed, key)).toString()).toBe(written);
  });

  it('is refused when its packed form is cut short', async () => {
    const packed = await pack(Buffer.from(written));
    await expect(unpack(packed.slice(0, -5), 'renders/p/d.json.gz')).rejects.toMatchObject({
      code: 'store-corrupt',
      hint: 'Put the object back from a backup; or delete it: what Git still has is rendered again by the next sync.',
    });
  });
});
