import type { Buffer } from 'node:buffer';
import { GitError } from '../../errors.ts';
import type { GitRef } from '../../model/revision.ts';
import { delimiterPkt, flushPkt, pktText, toPkt } from './pkt-line.ts';

/** What to ask for in one pack. */
export type PackRequest = {
  readonly wants: readonly string[];
  /** A commit that is kept as a shallow one: what its tree holds need not be sent. */
  readonly have?: string | undefined;
  /** `commit`: nothing before the wanted commits. `history`: all before them. `commits-only`: history without trees and files. */
  readonly extent: 'commit' | 'history' | 'commits-only';
};

const service = '# service=git-upload-pack';

/** The request of protocol version 2 for refs by prefix. */
export function lsRefsRequest(prefixes: readonly string[]): string {
  return `${toPkt('command=ls-refs')}${delimiterPkt}${toPkt('peel')}${toPkt('symrefs')}${prefixes.map((prefix) => toPkt(`ref-prefix ${prefix}`)).join('')}${flushPkt}`;
}

/** The refs of a version 2 answer, in the host's order. */
export async function readRefs(pkts: AsyncIterable<Buffer>): Promise<readonly GitRef[]> {
  const refs: GitRef[] = [];
  for await (const pkt of pkts) refs.push(parseRef(accepted(pkt)));
  return refs;
}

/** The request of protocol version 2 for a pack. */
export function fetchRequest({ wants, have, extent }: PackRequest): string {
  const args = [
    'ofs-delta',
    'no-progress',
    // Only a thin pack leaves out what the tree of a shallow commit holds already.
    ...(have === undefined ? [] : ['thin-pack']),
    ...(extent === 'commit' ? ['deepen 1'] : []),
    ...(extent === 'commits-only' ? ['filter tree:0'] : []),
    ...wants.map((sha) => `want ${sha}`),
    ...(have === undefined ? [] : [`shallow ${have}`, `have ${have}`]),
    'done',
  ];
  return `${toPkt('command=fetch')}${delimiterPkt}${args.map(toPkt).join('')}${flushPkt}`;
}

/** The same for hosts that speak only version 0 or 1; `have` is left out and `commits-only` is all of history. */
export function legacyFetchRequest({ wants, extent }: PackRequest): string {
  const lines = wants.map((sha, index) =>
    toPkt(index === 0 ? `want ${sha} side-band-64k ofs-delta shallow no-progress` : `want ${sha}`),
  );
  return `${lines.join('')}${extent === 'commit' ? toPkt('deepen 1') : ''}${flushPkt}${toPkt('done')}`;
}

/** The bytes of the pack in an answer of any version. */
export async function* readPackBytes(pkts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const pkt of pkts) {
    const band = pkt[0] ?? 0;
    if (band === 1) yield pkt.subarray(1);
    else if (band === 3) throw hostError(pktText(pkt.subarray(1)));
    // Band 2 is chatter for people; whatever else comes before the pack says where history was cut.
    else if (band !== 2) accepted(pkt);
  }
}

/** What a host says of itself before the first request: its version, and with version 0 or 1 all its refs. */
export async function readAdvertisement(
  pkts: AsyncIterable<Buffer>,
): Promise<{ readonly version: 1 | 2; readonly refs: readonly GitRef[] }> {
  const lines: string[] = [];
  for await (const pkt of pkts) lines.push(pktText(accepted(pkt)));
  const told = lines.filter((line) => line !== service && line !== 'version 1');
  return told[0] === 'version 2' ? { version: 2, refs: [] } : { version: 1, refs: parseLegacyRefs(told) };
}

function parseRef(pkt: Buffer): GitRef {
  const [oid = '', name = '', ...attributes] = pktText(pkt).split(' ');
  const attribute = (key: string): string | undefined =>
    attributes.find((each) => each.startsWith(`${key}:`))?.slice(key.length + 1);
  const [peeled, target] = [attribute('peeled'), attribute('symref-target')];
  return { name, oid, ...(peeled === undefined ? {} : { peeled }), ...(target === undefined ? {} : { target }) };
}

function parseLegacyRefs(lines: readonly string[]): readonly GitRef[] {
  const capabilities = lines[0]?.split('\0')[1]?.split(' ') ?? [];
  const targets = new Map(
    capabilities.filter((each) => each.startsWith('symref=')).map((each) => splitAt(each.slice(7), ':')),
  );
  const entries = lines
    .map((line) => splitAt(line.split('\0')[0] ?? '', ' '))
    .map(([oid, name]) => [name, oid] as const);
  const oids = new Map(entries);
  return entries
    .filter(([name]) => !name.endsWith('^{}'))
    .map(([name, oid]) => {
      const [peeled, target] = [oids.get(`${name}^{}`), targets.get(name)];
      return { name, oid, ...(peeled === undefined ? {} : { peeled }), ...(target === undefined ? {} : { target }) };
    });
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
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
