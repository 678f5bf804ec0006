import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readChartArchive } from '../../../shared/render/chart-archive.ts';

type Entry = { readonly path: string; readonly content?: string; readonly type?: string; readonly size?: number };

function tar(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, content = '', type = '0', size = Buffer.byteLength(content) }) => {
    const header = Buffer.alloc(512);
    header.write(path, 0, 100);
    header.write(size.toString(8).padStart(11, '0'), 124);
    header.write(type, 156);
    header.write('ustar', 257);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
    body.write(content);
    return [header, body];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

const read = async (entries: readonly Entry[]): Promise<Record<string, string>> =>
  Object.fromEntries(
    [...(await readChartArchive('demo', tar(entries)))].map(([path, content]) => [
      path,
      Buffer.from(content).toString(),
    ]),
  );

describe('the archive of a chart', () => {
  it('is read file by file, folders left out, long names included', async () => {
    const long = `demo/${'x'.repeat(120)}.yaml`;
    const record = `path=${long}\n`;
    const length = record.length + 4;
    expect(
      await read([
        { path: 'demo/', type: '5' },
        { path: 'demo/Chart.yaml', content: 'name: demo' },
        { path: 'pax', type: 'x', content: `${length} ${record}` },
        { path: 'short', content: 'pax' },
        { path: 'long', type: 'L', content: `${long}2\0` },
        { path: 'short', content: 'gnu' },
      ]),
    ).toEqual({ 'demo/Chart.yaml': 'name: demo', [long]: 'pax', [`${long}2`]: 'gnu' });
  });

  it.each<[string, Entry]>([
    ['a path above it', { path: 'demo/../../etc/passwd' }],
    ['an absolute path', { path: '/etc/passwd' }],
    ['a path with backslashes', { path: 'demo\\..\\x' }],
    ['a symbolic link', { path: 'demo/x', type: '2' }],
    ['a hard link', { path: 'demo/x', type: '1' }],
    ['a device', { path: 'demo/x', type: '3' }],
    ['a size beyond its end', { path: 'demo/x', size: 1_000_000 }],
  ])('is refused with %s', async (_, entry) => {
    await expect(read([entry])).rejects.toMatchObject({
      code: 'render-refused',
      message: expect.stringContaining('the chart demo is refused'),
    });
  });

  it('is refused when it holds too many files', async () => {
    await expect(read(Array.from({ length: 10_001 }, (_, index) => ({ path: `demo/${index}` })))).rejects.toMatchObject(
      { message: expect.stringContaining('more than 10000 files') },
    );
  });

  it('is refused when it unpacks to more than 100 MB, without unpacking it all', async () => {
    const bomb = gzipSync(Buffer.alloc(150_000_000));
    await expect(readChartArchive('demo', bomb)).rejects.toMatchObject({
      message: expect.stringContaining('cannot be unpacked into 100 MB'),
    });
  });

  it('is refused when it is no archive', async () => {
    await expect(readChartArchive('demo', Buffer.from('<html>'))).rejects.toMatchObject({ code: 'render-refused' });
  });
});
