import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { processorTime } from '../../../support/processor-time.ts';
import { createMarkerSearch } from '../../../support/secrets/search-markers.ts';

const marker = 'Zk4wQ9xT<&">\'/+ é%Lm7cV2pR';
const binary = Buffer.from('8f00ff1bc2a9d37e5511fe0c94a7', 'hex');
const search = createMarkerSearch({ text: marker, binary });
const found = (content: string | Uint8Array): readonly string[] => [
  ...new Set(search.search(content, 'here').map(({ marker: name }) => name)),
];
const html = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[c] ?? c);

describe('A search for markers', () => {
  it.each<[form: string, content: string]>([
    ['as it is', `password=${marker}!`],
    ['in base64', Buffer.from(marker).toString('base64')],
    ['in base64 after one byte', Buffer.from(`x${marker}y`).toString('base64')],
    ['in base64 after two bytes', Buffer.from(`{"${marker}"}`).toString('base64')],
    ['in base64 for URLs', Buffer.from(`?${marker}`).toString('base64url')],
    ['in base64 twice over in a JSON text', JSON.stringify({ a: Buffer.from(`a:${marker}`).toString('base64') })],
    ['in hex', `0x${Buffer.from(marker).toString('hex')}`],
    ['in hex with capitals', Buffer.from(marker).toString('hex').toUpperCase()],
    ['escaped for URLs', `https://host/?q=${encodeURIComponent(marker)}`],
    ['escaped for forms', new URLSearchParams({ q: marker }).toString()],
    ['escaped for JSON', JSON.stringify({ a: marker })],
    ['escaped for JSON in JSON', JSON.stringify(JSON.stringify({ a: marker }))],
    ['escaped for HTML', `<p>${html(marker)}</p>`],
    ['backwards', [...marker].reverse().join('')],
    ['its first eight characters', `cut: ${marker.slice(0, 8)}…`],
    ['its last eight characters', `…${marker.slice(-8)}`],
    ['eight characters of its base64', `…${Buffer.from(marker).toString('base64').slice(5, 13)}…`],
  ])('finds a marker %s', (_form, content) => {
    expect(found(content)).toEqual(['text']);
  });

  it.each<[form: string, content: string | Uint8Array]>([
    ['as bytes', Buffer.concat([Buffer.from('x'), binary])],
    ['in base64', Buffer.concat([Buffer.from('xy'), binary]).toString('base64')],
    ['in hex', binary.toString('hex')],
    ['a part of it', binary.subarray(3, 11)],
  ])('finds bytes that are no text, %s', (_form, content) => {
    expect(found(content)).toEqual(['binary']);
  });

  it('finds each escaped form by itself, where no eight characters are left as they were', () => {
    const escapes = createMarkerSearch({ short: '<"&\'>é/ +' });
    const forms: readonly string[] = [
      encodeURIComponent('<"&\'>é/ +'),
      JSON.stringify('<"&\'>é/ +'),
      html('<"&\'>é/ +'),
    ];
    for (const form of forms) expect(escapes.search(form, 'here').length).toBeGreaterThan(0);
  });

  it('finds it anywhere in anything, cut or whole', () => {
    const part = fc
      .tuple(fc.nat(marker.length - 8), fc.integer({ min: 8, max: 30 }))
      .map(([at, length]) => marker.slice(at, at + length));
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.uint8Array(),
        part.filter((text) => text.length >= 8),
        (before, after, text) => {
          expect(found(Buffer.concat([Buffer.from(before), Buffer.from(text), after]))).toContain('text');
          expect(
            found(Buffer.concat([Buffer.from(before), Buffer.from(`${marker}`), after]).toString('base64')),
          ).toContain('text');
        },
      ),
    );
  });

  it('finds nothing in what has no part of a marker, and says where it has looked', () => {
    const fresh = createMarkerSearch({ text: marker });
    expect(fresh.search('nothing is here', 'one')).toEqual([]);
    expect(fresh.search(marker.slice(0, 7), 'two')).toEqual([]);
    expect(fresh.search('', 'three')).toEqual([]);
    const { markers, places, bytes, forms } = fresh.searched();
    expect({ markers, places, bytes }).toEqual({ markers: 1, places: 3, bytes: 22 });
    expect(forms).toBeGreaterThan(150);
  });

  it('names the marker and the place, and never the marker itself', () => {
    const [hit] = search.search(`x ${Buffer.from(marker).toString('hex')}`, 'stdout of plumb diff');
    expect(hit).toEqual({ marker: 'text', form: 'hex', where: 'stdout of plumb diff' });
  });

  it('takes a moment for millions of bytes', () => {
    const content = Buffer.alloc(4_000_000, 'all work and no play makes Jack a dull boy. ');
    expect(processorTime(() => expect(found(content)).toEqual([]))).toBeLessThan(4_000);
  });
});
