import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteCache } from '../../../../shared/adapters/git/byte-cache.ts';
import { pktText, readPkts, toPkt } from '../../../../shared/adapters/git/pkt-line.ts';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(bytes: Buffer, size: number): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const pkt of readPkts(inPieces(bytes, size))) lines.push(pktText(pkt));
  return lines;
}

describe('Lines of the wire', () => {
  it('arrive as they were sent, however they are cut on the way', async () => {
    const line = fc.string({ minLength: 1 }).filter((text) => !text.endsWith('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 40 }), async (lines, size) => {
        expect(await readAll(Buffer.from(`${lines.map(toPkt).join('')}0000`), size)).toEqual(lines);
      }),
    );
  });

  it('are refused when the answer is cut anywhere, or is something else', async () => {
    const whole = Buffer.from(`${toPkt('one')}0001${toPkt('two')}0000`);
    for (let end = 0; end < whole.length; end += 1) {
      await expect(readAll(whole.subarray(0, end), 7)).rejects.toMatchObject({ code: 'git-failed', retryable: true });
    }
    await expect(readAll(Buffer.from('<html>'), 7)).rejects.toMatchObject({ code: 'git-failed' });
  });
});

describe('ByteCache', () => {
  it('drops what was not used for longest when it is full', () => {
    const cache = new ByteCache<string>(10);
    cache.set('a', 'A', 4);
    cache.set('b', 'B', 4);
    cache.get('a');
    cache.set('c', 'C', 4);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['A', undefined, 'C']);
  });
  it('keeps the newest also when it alone is too large', () => {
    const cache = new ByteCache<string>(10);
    cache.set('a', 'A', 4);
    cache.set('b', 'B', 40);
    expect(['a', 'b'].map((key) => cache.get(key))).toEqual([undefined, 'B']);
  });
});
