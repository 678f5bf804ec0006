import type { Dispatcher } from 'undici';

/** The text of an answer; empty when it is longer than `maxBytes`, of which no more is read then. */
export async function boundedText({ body }: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let left = maxBytes;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    left -= chunk.length;
    if (left < 0) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
