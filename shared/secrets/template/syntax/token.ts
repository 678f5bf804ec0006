/** The kinds of words in a template. */
export type TokenType =
  | 'text'
  | 'left'
  | 'right'
  | 'space'
  | 'pipe'
  | 'assign'
  | 'declare'
  | 'comma'
  | 'dot'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'keyword'
  | 'bool'
  | 'nil'
  | 'number'
  | 'character'
  | 'string'
  | 'raw-string'
  | 'left-paren'
  | 'right-paren'
  | 'other'
  | 'end-of-text'
  | 'error';

/** One word of a template; `at` counts bytes. Of an error, `text` is the reason. */
export type Token = { readonly type: TokenType; readonly text: string; readonly at: number };

/** Words that open, close or leave a block. */
export const keywords: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
]);
