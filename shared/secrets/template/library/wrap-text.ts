import type { Budget } from '../go/budget.ts';

/** How a text is broken into lines. */
export type Wrapping = { readonly width: number; readonly lineEnd: string; readonly breaksWords: boolean };

/** Breaks a text into lines of so many bytes, as sprig's library does. */
export function wrapText(text: string, { width, lineEnd, breaksWords }: Wrapping, budget: Budget): string {
  const limit = Math.max(width, 1);
  const end = lineEnd === '' ? '\n' : lineEnd;
  const out: string[] = [];
  let at = 0;
  while (text.length - at > limit) {
    budget.spend(1);
    if (text[at] === ' ') {
      at += 1;
      continue;
    }
    const line = nextLine(text, at, { limit, breaksWords });
    out.push(text.slice(at, line.end));
    at = line.next;
    if (line.end < text.length) out.push(end);
    budget.limitBytes(out.length * end.length);
  }
  return out.join('') + text.slice(at);
}

type Line = { readonly end: number; readonly next: number };

function nextLine(text: string, at: number, rule: { readonly limit: number; readonly breaksWords: boolean }): Line {
  const space = text.slice(at, at + rule.limit + 1).lastIndexOf(' ');
  if (space >= 0) return { end: at + space, next: at + space + 1 };
  if (rule.breaksWords) return { end: at + rule.limit, next: at + rule.limit };
  const later = text.indexOf(' ', at + rule.limit);
  return later < 0 ? { end: text.length, next: text.length } : { end: later, next: later + 1 };
}
