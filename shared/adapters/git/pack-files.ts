import type { Buffer } from 'node:buffer';
import promises from 'node:fs/promises';
import type { PromiseFsClient } from 'isomorphic-git';

const looseObject = /\/objects\/[\da-f]{2}\/[\da-f]{38}$/;
const absent: Error = Object.assign(new Error('Only packs are kept.'), { code: 'ENOENT' });

/**
 * The file system as the library is to see it below a folder that holds only packs and does not change. For each object it looks for a
 * file of that name, and lists the packs: on disk that takes most of the time of a read.
 */
export function packFiles(): PromiseFsClient {
  const listed = new Map<string, string[]>();
  const readFile = async (path: string, options: Parameters<typeof promises.readFile>[1]): Promise<string | Buffer> => {
    if (looseObject.test(path)) throw absent;
    return promises.readFile(path, options);
  };
  const readdir = async (path: string): Promise<string[]> => {
    const names = listed.get(path) ?? (await promises.readdir(path));
    listed.set(path, names);
    return names;
  };
  return { promises: { ...promises, readFile, readdir } };
}
