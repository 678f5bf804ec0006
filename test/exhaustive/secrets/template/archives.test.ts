import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { element, octets } from '../../../../shared/secrets/template/pki/der.ts';
import { elementsIn } from '../../../../shared/secrets/template/pki/read-ber.ts';
import { type DerElement, readElements } from '../../../../shared/secrets/template/pki/read-der.ts';
import { errorOf, renderText } from '../../../support/secrets/render-text.ts';

/** Made by OpenSSL of one key and one certificate, each with other algorithms. */
const folder = join(import.meta.dirname, '../../../fixtures/archives');
const names = readdirSync(folder);
const read = (name: string): Buffer => readFileSync(join(folder, name));
const passwordOf = (name: string): string => (name.includes('without-password') ? '' : 'pässword');

function open(archive: Uint8Array, password: string): { readonly key: string; readonly certificate: string } {
  const [key = '', certificate = ''] = renderText('{{ pkcs12keyPass .p .a }}|{{ pkcs12certPass .p .a }}', {
    a: archive,
    p: password,
  }).split('|');
  return { key, certificate };
}

/** The same with lengths that are not told beforehand, and octets in pieces. */
function toBer({ tag, whole, body }: DerElement): Buffer {
  const end = Buffer.alloc(2);
  if ((tag & 0x20) !== 0) return Buffer.concat([Buffer.from([tag, 0x80]), ...readElements(body).map(toBer), end]);
  if (tag !== 0x04 && tag !== 0x80) return whole;
  const pieces = [octets(body.subarray(0, 7)), octets(body.subarray(7))];
  return Buffer.concat([Buffer.from([tag | (tag === 0x80 ? 0xa0 : 0x20), 0x80]), ...pieces, end]);
}

/** What an archive holds as BER, and the archive, too. */
function toBerInside(archive: Buffer): Buffer {
  const [version, info] = elementsIn(archive) as [DerElement, DerElement];
  const [id, content] = readElements(info.body) as [DerElement, DerElement];
  const inner = elementsIn(content.whole).flatMap(({ body }) => readElements(body).map(toBer));
  const outer = element(0x30, id.whole, element(0xa0, octets(...inner)));
  return Buffer.concat(readElements(element(0x30, version.whole, outer)).map(toBer));
}

describe('A PKCS#12 archive', () => {
  it.each(names)('of other programs gives its key and its certificate: %s', (name) => {
    const { key, certificate } = open(read(name), passwordOf(name));
    expect(new X509Certificate(certificate).subject).toBe('CN=leaf');
    expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(key).toBe(open(read('not-encrypted.p12'), '').key);
  });

  it('may be written as BER', () => {
    const marked = Buffer.concat(readElements(read('aes-sha512.p12')).map(toBer));
    const unmarked = toBerInside(read('aes-without-mac.p12'));
    for (const archive of [marked, unmarked])
      expect(open(archive, 'pässword')).toEqual(open(read('aes-sha512.p12'), 'pässword'));
  });

  it.each(names.filter((name) => name !== 'not-encrypted.p12'))('opens with no other password: %s', (name) => {
    expect(errorOf('{{ pkcs12keyPass "other" .a }}', { a: read(name) }).message).toContain('cannot be opened');
  });

  it('that was changed anywhere is not taken for another one', () => {
    const whole = read('aes-sha512.p12');
    const { key } = open(whole, 'pässword');
    for (let at = 0; at < whole.length; at += 13) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      let found = '';
      try {
        found = open(changed, 'pässword').key;
      } catch (error) {
        expect(error).toMatchObject({ code: 'secret-template' });
      }
      expect(['', key]).toContain(found);
    }
  });
});
