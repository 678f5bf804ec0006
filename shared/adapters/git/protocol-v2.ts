import type { Buffer } from 'node:buffer';
import { GitError } from '../../errors.ts';
import type { GitRef } from '../../model/revision.ts';
import { delimiterPkt, flushPkt, pktText, toPkt } from './pkt-line.ts';

// The library asks for refs with two requests and one prefix, and fetches in version 1 only: with a list of all refs before, not every
// commit by its SHA, and never without files. These two requests of version 2 need no greeting, and are short.

/** What to ask for in one pack. */
export type PackRequest = {
  readonly wants: readonly string[];
  /** A commit that is kept as a shallow one: what its tree holds need not be sent. */
  readonly have?: string | undefined;
  /** `commit`: nothing before the wanted commits. `history`: all before them. `commits-only`: history without trees and files. */
  readonly extent: 'commit' | 'history' | 'commits-only';
};

/** The request for refs by prefix. */
export function lsRefsRequest(prefixes: readonly string[]): string {
  return toRequest('ls-refs', ['peel', 'symrefs', ...prefixes.map((prefix) => `ref-prefix ${prefix}`)]);
}

/** The refs of an answer, in the host's order. */
export async function readRefs(pkts: AsyncIterable<Buffer>): Promise<readonly GitRef[]> {
  const refs: GitRef[] = [];
  for await (const pkt of pkts) refs.push(parseRef(accepted(pkt)));
  return refs;
}

/** The request for a pack. */
export function fetchRequest({ wants, have, extent }: PackRequest): string {
  return toRequest('fetch', [
    'ofs-delta',
    'no-progress',
    ...(extent === 'commit' ? ['deepen 1'] : []),
    ...(extent === 'commits-only' ? ['filter tree:0'] : []),
    ...wants.map((sha) => `want ${sha}`),
    // Only a thin pack leaves out what the tree of a shallow commit holds already.
    ...(have === undefined ? [] : ['thin-pack', `shallow ${have}`, `have ${have}`]),
    'done',
  ]);
}

/** The bytes of the pack in an answer. */
export async function* readPackBytes(pkts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const pkt of pkts) {
    const band = pkt[0] ?? 0;
    if (band === 1) yield pkt.subarray(1);
    else if (band === 3) throw hostError(pktText(pkt.subarray(1)));
    // Band 2 is chatter for people; whatever else comes before the pack says where history was cut.
    else if (band !== 2) accepted(pkt);
  }
}

function toRequest(command: string, args: readonly string[]): string {
  return `${toPkt(`command=${command}`)}${delimiterPkt}${args.map(toPkt).join('')}${flushPkt}`;
}

function parseRef(pkt: Buffer): GitRef {
  const [oid = '', name = '', ...attributes] = pktText(pkt).split(' ');
  const attribute = (key: string): string | undefined =>
    attributes.find((each) => each.startsWith(`${key}:`))?.slice(key.length + 1);
  const [peeled, target] = [attribute('peeled'), attribute('symref-target')];
  return { name, oid, ...(peeled === undefined ? {} : { peeled }), ...(target === undefined ? {} : { target }) };
}

function accepted(pkt: Buffer): Buffer {
  if (pkt.length >= 4 && pkt.toString('latin1', 0, 4) === 'ERR ') throw hostError(pktText(pkt.subarray(4)));
  return pkt;
}

function hostError(said: string): GitError {
  const isRevision =
    /not our ref|unadvertised object|no such (remote )?ref|not a valid object|missing (commit|object)/i.test(said);
  return new GitError(isRevision ? 'git-revision-unknown' : 'git-failed', `The Git host refused: ${said.trim()}`, {
    hint: isRevision
      ? 'The commit is not in the repository; it may never have been pushed, or was removed by a force push.'
      : 'Try the same with `git fetch`.',
  });
}
