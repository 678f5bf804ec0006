/** Whether a name fits a pattern of `*` and `?`, both of one character a byte; takes at most length times length steps. */
export function matchesWildcards(name: string, pattern: string): boolean {
  const text = characters(name);
  const wanted = characters(pattern);
  let at = 0;
  let step = 0;
  let star: { readonly step: number; at: number } | undefined;
  while (at < text.length) {
    if (wanted[step] === '*') {
      star = { step, at };
      step += 1;
    } else if (wanted[step] === '?' || wanted[step] === text[at]) {
      at += 1;
      step += 1;
    } else if (star === undefined) return false;
    else {
      star.at += 1;
      at = star.at;
      step = star.step + 1;
    }
  }
  return wanted.slice(step).every((character) => character === '*');
}

function characters(binary: string): readonly string[] {
  return [...Buffer.from(binary, 'latin1').toString('utf8')];
}
