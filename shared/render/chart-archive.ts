import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { RenderError } from '../errors.ts';

/** Helm's own limit of an unpacked chart, and more files than any chart has. */
export const archiveLimits: { readonly packedBytes: number; readonly unpackedBytes: number; readonly files: number } = {
  packedBytes: 20_000_000,
  unpackedBytes: 100_000_000,
  files: 10_000,
};

const block = 512;
const unzip = promisify(gunzip);

/**
 * The files of a chart's .tgz by path. A file outside its folder, a link, a device, and whatever is over the limits are a
 * RenderError `render-refused`; nothing is written.
 */
export async function readChartArchive(name: string, archive: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  if (archive.length > archiveLimits.packedBytes)
    throw refused(name, `it is larger than ${archiveLimits.packedBytes / 1e6} MB`);
  const tar = await unzip(archive, { maxOutputLength: archiveLimits.unpackedBytes }).catch((cause: unknown) => {
    throw refused(name, `it cannot be unpacked into ${archiveLimits.unpackedBytes / 1e6} MB`, cause);
  });
  const files = new Map<string, Uint8Array>();
  for (const { path, type, content } of readEntries(tar, name)) {
    if (type === '5') continue;
    if (type !== '0') throw refused(name, `${path} in it is neither file nor folder`);
    if (files.size >= archiveLimits.files) throw refused(name, `it has more than ${archiveLimits.files} files`);
    files.set(checkPath(name, path), content);
  }
  return files;
}

type TarEntry = { readonly path: string; readonly type: string; readonly content: Uint8Array };

function* readEntries(tar: Buffer, name: string): Generator<TarEntry> {
  let longName: string | undefined;
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + block);
    const size = Number.parseInt(textAt(header, 124, 12).trim() || '0', 8);
    if (!(size >= 0 && at + block + size <= tar.length)) throw refused(name, 'it is damaged');
    const content = tar.subarray(at + block, at + block + size);
    const type = textAt(header, 156, 1) || '0';
    at += block + Math.ceil(size / block) * block;
    if (type === 'x' || type === 'L') longName = longNameIn(type, content) ?? longName;
    if (type === 'x' || type === 'L' || type === 'g') continue;
    yield { path: longName ?? shortName(header), type, content };
    longName = undefined;
  }
}

function shortName(header: Buffer): string {
  const prefix = textAt(header, 257, 5) === 'ustar' ? textAt(header, 345, 155) : '';
  const name = textAt(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function longNameIn(type: string, content: Buffer): string | undefined {
  const text = content.toString('utf8');
  return type === 'L' ? text.replace(/\0+$/, '') : /^\d+ path=(.*)$/m.exec(text)?.[1];
}

function textAt(header: Buffer, start: number, length: number): string {
  return header
    .subarray(start, start + length)
    .toString('utf8')
    .replace(/\0.*$/s, '');
}

function checkPath(name: string, path: string): string {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  if (path.startsWith('/') || path.includes('\\') || steps.includes('..'))
    throw refused(name, `${path} in it leaves its folder`);
  return steps.join('/');
}

function refused(name: string, reason: string, cause?: unknown): RenderError {
  return new RenderError('render-refused', `the chart ${name} is refused: ${reason}`, {
    object: name,
    hint: 'look at the archive in its registry',
    ...(cause === undefined ? {} : { cause }),
  });
}
