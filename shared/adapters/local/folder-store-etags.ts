import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { errorCode } from './folder-store-errors.ts';

type Known = { readonly look: string; readonly etag: string };

/** The etag of an object of these bytes. */
export function etagOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

/** Etags of files. A file is read once, and again when it looks different. */
export class FolderEtags {
  readonly #known = new Map<string, Known>();
  readonly #restMs: number;

  /** What has changed within that time may change again and look the same, as clocks of file systems are coarse. */
  constructor(restMs = 2_000) {
    this.#restMs = restMs;
  }

  /** Undefined when there is no such file. */
  async of(file: string): Promise<string | undefined> {
    try {
      return await this.#etagOf(file);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      this.#known.delete(file);
      return undefined;
    }
  }

  async #etagOf(file: string): Promise<string> {
    const known = this.#known.get(file);
    if (known !== undefined && known.look === lookOf(await stat(file, { bigint: true }))) return known.etag;
    const handle = await open(file, 'r');
    try {
      const stats = await handle.stat({ bigint: true });
      const etag = etagOf(await handle.readFile());
      if (Date.now() - Number(stats.ctimeMs) > this.#restMs) this.#known.set(file, { look: lookOf(stats), etag });
      return etag;
    } finally {
      await handle.close();
    }
  }
}

function lookOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [ino, size, mtimeNs, ctimeNs].join(' ');
}
