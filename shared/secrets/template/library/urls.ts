import { type FunctionTable, fixed } from '../evaluate/go-function.ts';
import { TemplateFailure } from '../go/failure.ts';
import { formatUrl, formatUserInfo, hostname, parseUrl, type UserInfo } from '../go/url.ts';
import { type GoMap, toMap } from '../go/value.ts';

/** Sprig's functions for URLs. */
export const urlFunctions: FunctionTable = {
  urlParse: fixed(['string'], ([text]) => {
    const url = parseUrl(text);
    if (url === undefined) throw new TemplateFailure('it is given a text that is no URL');
    return toMap([
      ['scheme', url.scheme],
      ['host', url.host],
      ['hostname', hostname(url.host)],
      ['path', url.path],
      ['query', url.query],
      ['opaque', url.opaque],
      ['fragment', url.fragment],
      ['userinfo', url.userInfo === undefined ? '' : formatUserInfo(url.userInfo)],
    ]);
  }),
  urlJoin: fixed(['dict'], ([parts]) =>
    formatUrl({
      scheme: textOf(parts, 'scheme'),
      host: textOf(parts, 'host'),
      path: textOf(parts, 'path'),
      rawPath: '',
      query: textOf(parts, 'query'),
      endsWithQuestionMark: false,
      opaque: textOf(parts, 'opaque'),
      fragment: textOf(parts, 'fragment'),
      userInfo: readUserInfo(textOf(parts, 'userinfo')),
    }),
  ),
};

function textOf({ entries }: GoMap, key: string): string {
  if (!entries.has(key)) return '';
  const value = entries.get(key);
  if (typeof value !== 'string') throw new TemplateFailure(`"${key}" is no text`);
  return value;
}

function readUserInfo(text: string): UserInfo | undefined {
  if (text === '') return undefined;
  const url = parseUrl(`proto://${text}@host`);
  if (url === undefined) throw new TemplateFailure('"userinfo" cannot be written into a URL');
  return url.userInfo;
}
