/** A PEM block: its type, its headers and its bytes. */
export type PemBlock = { readonly type: string; readonly headers: ReadonlyMap<string, string>; readonly bytes: Buffer };

/** A block and the text behind it. */
export type FoundPem = { readonly block: PemBlock; readonly rest: string };

const opening = /(?:^|\n)-----BEGIN ([^\n]*)-----[ \t\r]*(?:\n|$)/g;

/** The first well-formed block of a text, as Go's encoding/pem finds it: what is malformed is passed over. */
export function decodePem(text: string): FoundPem | undefined {
  for (const match of text.matchAll(opening)) {
    const type = match[1] ?? '';
    const start = match.index + match[0].length;
    const found = readBlock(text, start, type);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readBlock(text: string, start: number, type: string): FoundPem | undefined {
  const end = text.startsWith('-----END ', start) ? start : text.indexOf('\n-----END ', start - 1);
  const closing = `-----END ${type}-----`;
  const mark = text.indexOf('-----END ', end);
  if (end < 0 || !text.startsWith(closing, mark)) return undefined;
  const behind = text.slice(mark + closing.length);
  const blank = /^[ \t\r]*(?:\n|$)/.exec(behind);
  if (blank === null) return undefined;
  const { headers, body } = splitHeaders(text.slice(start, mark));
  const digits = body.replace(/[ \t\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) return undefined;
  return { block: { type, headers, bytes: Buffer.from(digits, 'base64') }, rest: behind.slice(blank[0].length) };
}

function splitHeaders(text: string): { readonly headers: ReadonlyMap<string, string>; readonly body: string } {
  const headers = new Map<string, string>();
  let body = text;
  while (true) {
    const header = /^([^\n:]*):([^\n]*)(?:\n|$)/.exec(body);
    if (header === null) return { headers, body };
    headers.set((header[1] ?? '').trim(), (header[2] ?? '').trim());
    body = body.slice(header[0].length);
  }
}

/** All blocks of a text up to the first thing that is none. */
export function decodeAllPem(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  for (let found = decodePem(text); found !== undefined; found = decodePem(found.rest)) blocks.push(found.block);
  return blocks;
}

/** A block as Go's encoding/pem writes it. */
export function encodePem({ type, headers, bytes }: PemBlock): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  const shown = [...headers]
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${value}\n`);
  const head = shown.length === 0 ? '' : `${shown.join('')}\n`;
  return `-----BEGIN ${type}-----\n${head}${lines.map((line) => `${line}\n`).join('')}-----END ${type}-----\n`;
}

function rank(header: string): number {
  return header === 'Proc-Type' ? 0 : 1;
}

/** A block without headers. */
export function toPem(type: string, bytes: Uint8Array): string {
  return encodePem({ type, headers: new Map(), bytes: Buffer.from(bytes) });
}
