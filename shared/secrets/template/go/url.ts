/** The parts of a URL as Go's net/url takes it apart. */
export type GoUrl = {
  readonly scheme: string;
  readonly opaque: string;
  readonly userInfo: UserInfo | undefined;
  readonly host: string;
  readonly path: string;
  /** How the path was written, where Go would write it otherwise. */
  readonly rawPath: string;
  readonly query: string;
  readonly endsWithQuestionMark: boolean;
  readonly fragment: string;
};

/** Name and password before a host. */
export type UserInfo = { readonly name: string; readonly password: string | undefined };

/** Takes a URL apart; undefined when Go would refuse it. */
export function parseUrl(text: string): GoUrl | undefined {
  const hash = text.indexOf('#');
  const fragment = decodePercent(hash < 0 ? '' : text.slice(hash + 1));
  const rest = hash < 0 ? text : text.slice(0, hash);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Go refuses them.
  if (fragment === undefined || /[\u0000-\u001f\u007f]/.test(text)) return undefined;
  const url = parseReference(rest);
  return url === undefined ? undefined : { ...url, fragment };
}

function parseReference(text: string): GoUrl | undefined {
  if (text === '*') return { ...nothing, path: '*' };
  const scheme = readScheme(text);
  if (scheme === undefined) return undefined;
  const behind = scheme === '' ? text : text.slice(scheme.length + 1);
  const { rest, query, endsWithQuestionMark } = splitQuery(behind);
  const found = { ...nothing, scheme: scheme.toLowerCase(), query, endsWithQuestionMark };
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...found, opaque: rest };
    if (rest.split('/')[0]?.includes(':') === true) return undefined;
  }
  return parseHierarchy(found, rest);
}

const nothing: GoUrl = {
  scheme: '',
  opaque: '',
  userInfo: undefined,
  host: '',
  path: '',
  rawPath: '',
  query: '',
  endsWithQuestionMark: false,
  fragment: '',
};

/** The scheme before the first colon; undefined when the text begins with a colon. */
function readScheme(text: string): string | undefined {
  if (text.startsWith(':')) return undefined;
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? '';
}

function splitQuery(text: string): {
  readonly rest: string;
  readonly query: string;
  readonly endsWithQuestionMark: boolean;
} {
  const mark = text.indexOf('?');
  if (mark < 0) return { rest: text, query: '', endsWithQuestionMark: false };
  return { rest: text.slice(0, mark), query: text.slice(mark + 1), endsWithQuestionMark: mark === text.length - 1 };
}

function parseHierarchy(found: GoUrl, rest: string): GoUrl | undefined {
  const hasAuthority = rest.startsWith('//') && (found.scheme !== '' || !rest.startsWith('///'));
  const authority = hasAuthority ? (/^\/\/([^/]*)/.exec(rest)?.[1] ?? '') : '';
  const written = hasAuthority ? rest.slice(2 + authority.length) : rest;
  const path = decodePercent(written);
  const parsed = parseAuthority(authority);
  if (path === undefined || parsed === undefined) return undefined;
  return { ...found, ...parsed, path, rawPath: encodePath(path) === written ? '' : written };
}

function parseAuthority(authority: string): Pick<GoUrl, 'userInfo' | 'host'> | undefined {
  const at = authority.lastIndexOf('@');
  const host = parseHost(authority.slice(at + 1));
  if (host === undefined) return undefined;
  if (at < 0) return { userInfo: undefined, host };
  const written = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(written)) return undefined;
  const colon = written.indexOf(':');
  const name = decodePercent(colon < 0 ? written : written.slice(0, colon));
  const password = colon < 0 ? undefined : decodePercent(written.slice(colon + 1));
  if (name === undefined || (colon >= 0 && password === undefined)) return undefined;
  return { userInfo: { name, password }, host };
}

function parseHost(text: string): string | undefined {
  if (text.startsWith('[')) return /^\[[^\]]*\](?::[0-9]*)?$/.test(text) ? text : undefined;
  const colon = text.lastIndexOf(':');
  if (colon >= 0 && !/^:[0-9]*$/.test(text.slice(colon))) return undefined;
  if (/[ "<>\\^`{|}]/.test(text.replaceAll(/["<>]/g, ''))) return undefined;
  if (/%(?![89A-Fa-f][0-9A-Fa-f]|2[0-9A-Fa-f])/.test(text)) return undefined;
  return decodePercent(text);
}

/** A text with its percent escapes undone; undefined when one is malformed. */
function decodePercent(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function encode(text: string, allowed: RegExp): string {
  return text.replace(
    allowed,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function encodePath(path: string): string {
  return path === '*' ? path : encode(path, /[^A-Za-z0-9\-_.~$&+,/:;=@]/g);
}

/** Name and password as Go writes them. */
export function formatUserInfo({ name, password }: UserInfo): string {
  const allowed = /[^A-Za-z0-9\-_.~$&+,;=]/g;
  return encode(name, allowed) + (password === undefined ? '' : `:${encode(password, allowed)}`);
}

/** A host without its port. */
export function hostname(host: string): string {
  const inside = /^\[([^\]]*)\]/.exec(host)?.[1];
  return inside ?? host.replace(/:[0-9]*$/, '');
}

/** A URL as Go writes it. */
export function formatUrl(url: GoUrl): string {
  const scheme = url.scheme === '' ? '' : `${url.scheme}:`;
  const behind =
    (url.query === '' ? '' : `?${url.query}`) + (url.fragment === '' ? '' : `#${encodeFragment(url.fragment)}`);
  if (url.opaque !== '') return scheme + url.opaque + behind;
  return scheme + formatAuthority(url) + formatPath(url, scheme) + behind;
}

function encodeFragment(fragment: string): string {
  return encode(fragment, /[^A-Za-z0-9\-_.~$&+,/:;=?@!()*]/g);
}

function formatAuthority({ scheme, host, path, userInfo }: GoUrl): string {
  const hasNone = host === '' && userInfo === undefined;
  if (hasNone && (scheme === '' || path === '')) return '';
  const user = userInfo === undefined ? '' : `${formatUserInfo(userInfo)}@`;
  return `//${user}${encode(host, /[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/g)}`;
}

function formatPath({ path, host }: GoUrl, scheme: string): string {
  const written = encodePath(path);
  if (written !== '' && !written.startsWith('/') && host !== '') return `/${written}`;
  const isAlone = scheme === '' && host === '';
  return isAlone && written.split('/')[0]?.includes(':') === true ? `./${written}` : written;
}
