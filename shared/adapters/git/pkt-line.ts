import { Buffer } from 'node:buffer';
import { GitError } from '../../errors.ts';

/** Ends a message of Git's wire protocol. */
export const flushPkt = '0000';
/** Parts the command of a version 2 request from its arguments. */
export const delimiterPkt = '0001';

/** One line as the wire has it: four hex digits of length, then the text and a newline. */
export function toPkt(text: string): string {
  const size = Buffer.byteLength(text) + 5;
  return `${size.toString(16).padStart(4, '0')}${text}\n`;
}

/**
 * The lines of an answer as they arrive, without the markers between sections. An answer that does not end with the marker of an
 * end was cut, and is a retryable GitError `git-failed`: half a list of refs must not pass for a whole one.
 */
export async function* readPkts(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let ended = false;
  for await (const chunk of body) {
    const { pkts, left, atEnd } = splitPkts(rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]));
    yield* pkts;
    rest = left;
    ended = atEnd ?? ended;
  }
  if (rest.length > 0 || !ended)
    throw new GitError('git-failed', 'The Git host ended its answer early.', { retryable: true });
}

/** The text of a line, without its newline. */
export function pktText(pkt: Buffer): string {
  return pkt.toString('utf8').replace(/\n$/, '');
}

type Split = { readonly pkts: readonly Buffer[]; readonly left: Buffer; readonly atEnd: boolean | undefined };

function splitPkts(bytes: Buffer): Split {
  const pkts: Buffer[] = [];
  let atEnd: boolean | undefined;
  let at = 0;
  while (at + 4 <= bytes.length) {
    const size = readSize(bytes, at);
    if (at + size > bytes.length) break;
    if (size > 4) pkts.push(bytes.subarray(at + 4, at + size));
    atEnd = size === 0;
    at += Math.max(size, 4);
  }
  return { pkts, left: bytes.subarray(at), atEnd };
}

function readSize(bytes: Buffer, at: number): number {
  const digits = bytes.toString('latin1', at, at + 4);
  if (/^[0-9a-f]{4}$/i.test(digits)) return Number.parseInt(digits, 16);
  throw new GitError('git-failed', 'The answer is not in the protocol of a Git host.');
}
