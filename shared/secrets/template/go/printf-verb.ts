import type { Budget } from './budget.ts';
import { TemplateFailure } from './failure.ts';
import { type FloatVerb, formatFloat } from './float.ts';
import { formatValue } from './format-value.ts';
import { formatInteger } from './printf-integer.ts';
import { type Directive, pad, padNumber } from './printf-pad.ts';
import { quoteText } from './quote.ts';
import { kindName, typeName } from './type-name.ts';
import { encodeText, toRunes } from './utf8.ts';
import { type GoValue, sortedKeys } from './value.ts';

/** A value as Go's fmt prints it for one directive. */
export function formatVerb(value: GoValue, directive: Directive, budget: Budget): string {
  budget.spend(1);
  if (directive.verb === 'T') return pad(typeName(value), directive);
  if (value === null || value === undefined)
    return directive.verb === 'v' ? pad('<nil>', directive) : `%!${encodeText(directive.verb)}(<nil>)`;
  if (directive.flags.includes('#') && directive.verb === 'v') return pad(formatSource(value, budget), directive);
  const plain = directive.verb === 'v' ? { ...directive, flags: directive.flags.replaceAll('+', '') } : directive;
  const text = formatKnown(value, plain, budget);
  return text ?? describeBad(value, directive, budget);
}

function describeBad(value: GoValue, { verb }: Directive, budget: Budget): string {
  return `%!${encodeText(verb)}(${typeName(value)}=${formatValue(value, budget)})`;
}

function formatKnown(value: GoValue, directive: Directive, budget: Budget): string | undefined {
  if (typeof value === 'string') return formatString(value, directive);
  if (typeof value === 'boolean') return 'tv'.includes(directive.verb) ? pad(String(value), directive) : undefined;
  if (value === null || value === undefined) return undefined;
  if (value.kind === 'integer') return formatInteger(value, directive);
  if (value.kind === 'float') return formatFloating(value.value, directive);
  if (value.kind === 'list') return `[${formatAll(value.items, directive, budget).join(' ')}]`;
  if (value.kind === 'map') {
    const keys = sortedKeys(value);
    const members = formatAll(
      keys.map((key) => value.entries.get(key)),
      directive,
      budget,
    );
    const named = keys.map((key, index) => `${formatVerb(key, directive, budget)}:${members[index]}`);
    return `map[${named.join(' ')}]`;
  }
  const text = formatValue(value, budget);
  if (kindName(value) === 'struct' && value.kind === 'certificate')
    return `{${formatAll([value.certificate, value.key], directive, budget).join(' ')}}`;
  return formatString(text, directive);
}

function formatAll(values: readonly GoValue[], directive: Directive, budget: Budget): readonly string[] {
  return budget.descend(() => values.map((value) => formatVerb(value, directive, budget)));
}

function formatString(text: string, directive: Directive): string | undefined {
  const cut = cutRunes(text, directive.precision);
  switch (directive.verb) {
    case 's':
    case 'v':
      return pad(cut, directive);
    case 'q':
      return pad(quoteForm(cut, directive.flags), directive);
    case 'x':
    case 'X':
      return pad(toHex(text, directive), directive);
    default:
      return undefined;
  }
}

function quoteForm(text: string, flags: string): string {
  const canRaw = flags.includes('#') && !/[^\t\u0020-\u005f\u0061-\u007e]/.test(text);
  return canRaw ? `\`${text}\`` : quoteText(text, { onlyAscii: flags.includes('+') });
}

function toHex(text: string, { verb, flags, precision }: Directive): string {
  const cut = precision === undefined ? text : text.slice(0, precision);
  const prefix = flags.includes('#') && cut !== '' ? '0x' : '';
  const separator = flags.includes(' ') ? ' ' : '';
  const bytes = [...Buffer.from(cut, 'latin1')].map((byte) => byte.toString(16).padStart(2, '0'));
  const hex = separator === '' ? prefix + bytes.join('') : bytes.map((byte) => prefix + byte).join(separator);
  return verb === 'X' ? hex.toUpperCase() : hex;
}

function cutRunes(text: string, precision: number | undefined): string {
  if (precision === undefined || text.length <= precision) return text;
  return toRunes(text)
    .slice(0, precision)
    .map(({ bytes }) => bytes)
    .join('');
}

function formatFloating(value: number, directive: Directive): string | undefined {
  const { verb, flags } = directive;
  if ('xXb'.includes(verb))
    throw new TemplateFailure(
      'printf is to write a float64 in hexadecimal or binary, which is not supported',
      'use %f, %e or %g',
    );
  if (!'veEfFgG'.includes(verb)) return undefined;
  const isGeneral = 'vgG'.includes(verb);
  const precision = directive.precision ?? (isGeneral ? -1 : 6);
  const text = formatFloat(value, (verb === 'v' ? 'g' : verb) as FloatVerb, precision);
  const isNumber = Number.isFinite(value);
  const body = text.replace(/^[-+]/, '');
  const sign = text.startsWith('-') ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const shownSign = !isNumber && !Number.isNaN(value) && value > 0 && sign === '' ? '+' : sign;
  return padNumber(
    { sign: Number.isNaN(value) ? sign : shownSign, body },
    isNumber ? directive : withoutZeros(directive),
  );
}

function withoutZeros(directive: Directive): Directive {
  return { ...directive, flags: directive.flags.replaceAll('0', '') };
}

/** %#v, for the types that a template's author may look at with it. */
function formatSource(value: GoValue, budget: Budget): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return quoteText(value);
  if (typeof value === 'object' && value.kind === 'list') {
    if (value.isNil) return `[]${value.item}(nil)`;
    return budget.descend(() => `[]${value.item}{${value.items.map((item) => formatSource(item, budget)).join(', ')}}`);
  }
  if (typeof value === 'object' && value.kind === 'map') {
    const members = sortedKeys(value).map((key) =>
      budget.descend(() => `${quoteText(key)}:${formatSource(value.entries.get(key), budget)}`),
    );
    return `map[string]${value.item}{${members.join(', ')}}`;
  }
  return formatValue(value, budget);
}
