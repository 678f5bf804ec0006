import type { Budget } from './budget.ts';
import { TemplateFailure } from './failure.ts';
import { formatValue } from './format-value.ts';
import type { Directive } from './printf-pad.ts';
import { formatVerb } from './printf-verb.ts';
import { typeName } from './type-name.ts';
import { toRunes } from './utf8.ts';
import type { GoValue } from './value.ts';

type Printer = {
  readonly format: string;
  readonly values: readonly GoValue[];
  at: number;
  next: number;
  isReordered: boolean;
};

/** Go's fmt.Sprintf, with its `%!d(string=…)` for what does not fit. */
export function printFormatted(format: string, values: readonly GoValue[], budget: Budget): string {
  const printer: Printer = { format, values, at: 0, next: 0, isReordered: false };
  const out: string[] = [];
  while (printer.at < format.length) {
    budget.spend(1);
    const percent = format.indexOf('%', printer.at);
    out.push(format.slice(printer.at, percent < 0 ? format.length : percent));
    if (percent < 0) break;
    printer.at = percent + 1;
    out.push(printDirective(printer, budget));
  }
  if (!printer.isReordered && printer.next < values.length) out.push(describeExtra(values.slice(printer.next), budget));
  const text = out.join('');
  budget.spendBytes(text.length);
  return text;
}

function describeExtra(values: readonly GoValue[], budget: Budget): string {
  const described = values.map((value) =>
    value === null || value === undefined ? '<nil>' : `${typeName(value)}=${formatValue(value, budget)}`,
  );
  return `%!(EXTRA ${described.join(', ')})`;
}

function printDirective(printer: Printer, budget: Budget): string {
  const flags = readFlags(printer);
  const width = readNumber(printer);
  const precision = readPrecision(printer);
  if (width === 'bad' || precision === 'bad' || /^\[/.test(printer.format.slice(printer.at)))
    throw new TemplateFailure(
      'printf is given a format with "*" or "[n]", which is not supported',
      'write the width into the format',
    );
  const verb = toRunes(printer.format.slice(printer.at, printer.at + 4))[0];
  if (verb === undefined) return '%!(NOVERB)';
  printer.at += verb.bytes.length;
  if (verb.text === '%') return '%';
  if (printer.next >= printer.values.length) return `%!${verb.bytes}(MISSING)`;
  const value = printer.values[printer.next];
  printer.next += 1;
  budget.spendBytes(Math.max(width ?? 0, precision ?? 0));
  const directive: Directive = { verb: verb.text, flags, width, precision };
  return formatVerb(value, directive, budget);
}

function readFlags(printer: Printer): string {
  const flags = /^[-+# 0]*/.exec(printer.format.slice(printer.at, printer.at + 32))?.[0] ?? '';
  printer.at += flags.length;
  return flags;
}

function readNumber(printer: Printer): number | undefined | 'bad' {
  const rest = printer.format.slice(printer.at, printer.at + 12);
  if (rest.startsWith('*') || rest.startsWith('[')) return 'bad';
  const digits = /^[0-9]+/.exec(rest)?.[0];
  if (digits === undefined) return undefined;
  printer.at += digits.length;
  return Number(digits);
}

function readPrecision(printer: Printer): number | undefined | 'bad' {
  if (printer.format[printer.at] !== '.') return undefined;
  printer.at += 1;
  return readNumber(printer) ?? 0;
}
