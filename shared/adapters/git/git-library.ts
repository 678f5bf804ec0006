import type * as Git from 'isomorphic-git';

/** Loads the Git library at its first use, so that what needs no repository starts without it. */
export async function loadGit(): Promise<typeof Git> {
  return (await import('isomorphic-git')).default as typeof Git;
}

/** The name that the library gives to an error, such as `NotFoundError`. */
export function libraryCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
