import type { IncomingMessage } from 'node:http';

export type BodyLimits = {
  readonly maxBytes: number;
  /** For all bodies that are held at the same time. */
  readonly maxTotalBytes: number;
};

/** Why there is no body: it is larger than allowed, others take up all the room, or the sender went away. */
export type NoBody = 'too-large' | 'no-room' | 'gone';

/** The bodies of requests that are being answered; what they take up together is bounded. */
export class RequestBodies {
  readonly #limits: BodyLimits;
  #held = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Gives a body to `use` and forgets it when that has ended. Reads no further than is allowed. */
  async with<Result>(
    request: IncomingMessage,
    use: (body: Uint8Array) => Promise<Result>,
  ): Promise<Result | { readonly noBody: NoBody }> {
    if (Number(request.headers['content-length'] ?? 0) > this.#limits.maxBytes) return { noBody: 'too-large' };
    const chunks: Uint8Array[] = [];
    try {
      const noBody = await this.#collect(request, chunks);
      return noBody === undefined ? await use(Buffer.concat(chunks)) : { noBody };
    } finally {
      this.#held -= sizeOf(chunks);
    }
  }

  /** By events, since leaving an iteration early would close the connection before it is answered. */
  #collect(request: IncomingMessage, chunks: Uint8Array[]): Promise<NoBody | undefined> {
    const { promise, resolve } = Promise.withResolvers<NoBody | undefined>();
    let size = 0;
    const take = (chunk: Uint8Array): void => {
      size += chunk.length;
      if (size > this.#limits.maxBytes) end('too-large');
      else if (this.#held + chunk.length > this.#limits.maxTotalBytes) end('no-room');
      else {
        this.#held += chunk.length;
        chunks.push(chunk);
      }
    };
    const end = (reason?: NoBody): void => {
      request.off('data', take);
      resolve(reason);
    };
    request.on('data', take);
    request.once('end', () => end());
    request.once('close', () => end('gone'));
    request.once('error', () => end('gone'));
    return promise;
  }
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((size, chunk) => size + chunk.length, 0);
}
