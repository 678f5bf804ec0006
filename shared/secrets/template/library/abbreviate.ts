/** Cuts a text to a width in bytes, with dots for what is missing, `offset` bytes from its start. */
export function abbreviate(text: string, offset: number, width: number): string {
  if (text === '' || text.length <= width) return text;
  const inside = Math.min(offset, text.length);
  const start = text.length - inside < width - 3 ? text.length - (width - 3) : inside;
  if (start <= 4) return `${text.slice(0, width - 3)}...`;
  if (width < 7) return '';
  if (start + width - 3 < text.length) return `...${abbreviate(text.slice(start), 0, width - 3)}`;
  return `...${text.slice(text.length - (width - 3))}`;
}

/** Sprig's abbrevboth: texts that cannot be abbreviated that way stay as they are. */
export function abbreviateBoth(text: string, left: number, right: number): string {
  if (right < 4 || (left > 0 && right < 7)) return text;
  return abbreviate(text, left, right);
}
