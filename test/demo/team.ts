import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '../support/git-repositories.ts';
import type { GitServer } from '../support/git-server.ts';

/** A person with a clone, who pushes over HTTP as anybody does. */
export type Team = {
  /** Of the repository on the server. */
  readonly name: string;
  /** The clone, which stays on the branch of the last change. */
  readonly folder: string;
  readonly repoURL: string;
  /** Applies a prepared patch on top of a branch and pushes it; gives the new commit. */
  readonly pushPatch: (patch: string, branch: string) => Promise<string>;
  /** Merges a branch into another with a merge commit and pushes that; gives the commit. */
  readonly pushMerge: (from: string, into: string) => Promise<string>;
  /** What the host has at a branch's tip. */
  readonly tipOf: (branch: string) => Promise<string>;
  /** Puts the files of a branch into the clone's folder. */
  readonly checkout: (branch: string) => Promise<void>;
};

const branches = ['main', 'staging', 'dev'] as const;
const examples = join(import.meta.dirname, '../../examples');
const placeholders = { git: 'https://git.example.com/kotaemon.git', vault: 'https://vault.example.com:8200' } as const;

/** Makes the repository of examples/kotaemon on the server, with its three branches, and clones it below `home`. */
export async function gatherTeam(
  server: GitServer,
  { home, vaultServer }: { readonly home: string; readonly vaultServer: string },
): Promise<Team> {
  const name = 'kotaemon';
  await server.createRepository(name);
  const repoURL = server.url(name);
  const folder = join(home, 'kotaemon');
  await cp(join(examples, 'kotaemon'), folder, { recursive: true });
  await replaceIn(join(folder, 'apps'), { [placeholders.git]: repoURL });
  await replaceIn(join(folder, 'overlays'), { [placeholders.vault]: vaultServer });
  const git = (...args: readonly string[]): Promise<string> => runGit(args, { folder, home });
  await git('init', '--quiet', '--initial-branch=main');
  await git('remote', 'add', 'origin', repoURL);
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'Kotaemon as it runs today');
  for (const branch of branches.slice(1)) await git('branch', branch);
  await git('push', '--quiet', '--all', 'origin');
  const push = async (branch: string): Promise<string> => {
    await git('push', '--quiet', 'origin', branch);
    return git('rev-parse', branch);
  };
  const checkout = async (branch: string): Promise<void> => {
    await git('checkout', '--quiet', branch);
  };
  return {
    name,
    folder,
    repoURL,
    checkout,
    tipOf: (branch) => server.git(name, 'rev-parse', branch),
    pushPatch: async (patch, branch) => {
      await checkout(branch);
      await git('am', '--quiet', '--ignore-date', join(examples, 'kotaemon-changes', patch));
      return push(branch);
    },
    pushMerge: async (from, into) => {
      await checkout(into);
      await git('merge', '--quiet', '--no-ff', '--message', `Merge ${from}`, from);
      return push(into);
    },
  };
}

/** The example names hosts that do not exist; each user puts in their own. */
async function replaceIn(folder: string, hosts: { readonly [placeholder: string]: string }): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((each) => each.endsWith('.yaml'))) {
    const path = join(folder, name);
    const text = await readFile(path, 'utf8');
    const replaced = Object.entries(hosts).reduce((kept, [host, own]) => kept.replaceAll(host, own), text);
    if (replaced !== text) await writeFile(path, replaced);
  }
}
