/** A piece of a Go time layout: a placeholder such as `2006`, or text that stands for itself. */
export type LayoutToken = { readonly text: string; readonly isPlaceholder: boolean };

const placeholder =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|__2|_2(?!006)|002|01|02|03|04|05|06|2006|2|15|1|3|4|5|PM|pm|[-Z]07(?::00:00|0000|:00|00)?|[.,](?:0+|9+)(?![0-9])/g;

/** The pieces of a layout, as Go's time package finds them. */
export function tokenizeLayout(layout: string): readonly LayoutToken[] {
  const tokens: LayoutToken[] = [];
  let end = 0;
  for (const match of layout.matchAll(placeholder)) {
    if (match.index > end) tokens.push({ text: layout.slice(end, match.index), isPlaceholder: false });
    tokens.push({ text: match[0], isPlaceholder: true });
    end = match.index + match[0].length;
  }
  if (end < layout.length) tokens.push({ text: layout.slice(end), isPlaceholder: false });
  return tokens;
}
