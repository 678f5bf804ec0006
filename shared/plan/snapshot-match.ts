/** The revision that a snapshot's name ends in: seven digits of a commit, or a chart's version. */
export function revisionInName(name: string): string {
  return name.split('-').slice(3).join('-');
}

/**
 * The snapshots that a person means by what was typed, given all names oldest first: the one of that name, else those whose name
 * begins so, else the newest one of each revision that begins so. More than one: it is not clear which.
 */
export function namesMeant(names: readonly string[], asked: string): readonly string[] {
  if (asked === '') return [];
  if (names.includes(asked)) return [asked];
  const begun = names.filter((name) => name.startsWith(asked));
  if (begun.length > 0) return begun;
  return newestOfEach(names.filter((name) => isRevision(revisionInName(name), asked)).map(byRevision));
}

const byRevision = (name: string): readonly [revision: string, name: string] => [revisionInName(name), name];

const fewestCharacters = 4;

/** True when `asked` is the revision, or at least its first four characters. */
export function isRevision(revision: string, asked: string): boolean {
  return revision === asked || (asked.length >= fewestCharacters && revision.startsWith(asked));
}

/** The last one of each revision, in the order in which the revisions came up first. */
export function newestOfEach<Value>(found: readonly (readonly [revision: string, value: Value])[]): readonly Value[] {
  return [...new Map(found).values()];
}
