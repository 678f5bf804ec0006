import { access, appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { startProgram } from './programs/start-program.ts';

/** A file's text or bytes, or what else a Git tree can hold. */
export type GitFile =
  | string
  | Uint8Array
  | { readonly symlink: string }
  | { readonly submodule: string }
  | { readonly executable: string };

export type GitFiles = { readonly [path: string]: GitFile };

export type CommitRequest = {
  /** Made from `from` when it does not exist yet. Default: main. */
  readonly branch?: string;
  /** Branch, tag or SHA that a new branch starts at. Absent: a new branch has no parent. */
  readonly from?: string;
  /** Written over what is there. */
  readonly files?: GitFiles;
  /** Files and folders that go; an empty path is everything. */
  readonly remove?: readonly string[];
  /** A further parent: branch, tag or SHA. */
  readonly merge?: string;
  readonly message?: string;
  /** `Name <address>`. */
  readonly author?: string;
  /** Default: the system clock. */
  readonly date?: Date;
};

const defaultAuthor = 'Ada Tester <ada@example.com>';

/** The environment of a git that knows nothing of the person who runs the tests. */
export function isolatedGitEnvironment(home: string): { readonly [name: string]: string } {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada Tester',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada Tester',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
}

export type GitRun = { readonly folder: string; readonly home: string; readonly input?: Uint8Array };

/** Runs git and gives its output, trimmed; a failure is an error that quotes what git said. */
export async function runGit(args: readonly string[], { folder, home, input }: GitRun): Promise<string> {
  const git = startProgram({ path: 'git', args, folder, env: isolatedGitEnvironment(home) });
  git.input.end(input);
  const [out, { code, errors }] = await Promise.all([text(git.output), git.ended]);
  if (code !== 0) throw new Error(`git ${args.join(' ')} in ${folder} ended with ${code}: ${errors.trim()}`);
  return out.trim();
}

/** Makes an empty bare repository with branch main that may be pushed to. */
export async function initRepository(folder: string, home: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await runGit(['init', '--quiet', '--bare', '--initial-branch=main', '.'], { folder, home });
  // A process for each of them would cost more than all else.
  await appendFile(join(folder, 'config'), settings);
}

const settings = `[http]
\treceivepack = true
[uploadpack]
\t# As the big hosts do: each reachable commit may be asked for by its SHA.
\tallowReachableSHA1InWant = true
\tallowTipSHA1InWant = true
\tallowFilter = true
[gc]
\tauto = 0
[receive]
\tautogc = false
[fastimport]
\t# A commit stays the pack that it comes as; no further process makes single files of it.
\tunpackLimit = 1
`;

/** Adds one commit with a single git process, however many files it has, and gives its SHA. */
export async function commitFiles(
  repository: { readonly folder: string; readonly home: string },
  request: CommitRequest,
): Promise<string> {
  const branch = `refs/heads/${request.branch ?? 'main'}`;
  const parent = (await hasRef(repository.folder, branch)) ? branch : request.from;
  const input = toFastImport(request, { branch, parent });
  return runGit(['fast-import', '--quiet', '--date-format=raw', '--force'], { ...repository, input });
}

async function hasRef(folder: string, ref: string): Promise<boolean> {
  const isLoose = await access(join(folder, ref)).then(
    () => true,
    () => false,
  );
  if (isLoose) return true;
  const packed = await readFile(join(folder, 'packed-refs'), 'utf8').catch(() => '');
  return packed.includes(` ${ref}\n`);
}

function toFastImport(
  request: CommitRequest,
  at: { readonly branch: string; readonly parent: string | undefined },
): Buffer {
  const seconds = Math.floor((request.date ?? new Date()).getTime() / 1000);
  const author = request.author ?? defaultAuthor;
  const changes = Object.entries(request.files ?? {}).flatMap(([path, file]) => toChange(path, file));
  return Buffer.concat([
    Buffer.from(
      `commit ${at.branch}\nmark :1\nauthor ${author} ${seconds} +0000\ncommitter ${defaultAuthor} ${seconds} +0000\n`,
    ),
    toBlock(request.message ?? 'Change'),
    Buffer.from(at.parent === undefined ? '' : `from ${at.parent}^0\n`),
    Buffer.from(request.merge === undefined ? '' : `merge ${request.merge}^0\n`),
    ...(request.remove ?? []).map((path) => Buffer.from(path === '' ? 'deleteall\n' : `D ${toQuoted(path)}\n`)),
    ...changes,
    Buffer.from('\nget-mark :1\n'),
  ]);
}

function toChange(path: string, file: GitFile): readonly Buffer[] {
  const change = (mode: string, content: string | Uint8Array): readonly Buffer[] => [
    Buffer.from(`M ${mode} inline ${toQuoted(path)}\n`),
    toBlock(content),
  ];
  if (typeof file === 'string' || file instanceof Uint8Array) return change('100644', file);
  if ('symlink' in file) return change('120000', file.symlink);
  if ('executable' in file) return change('100755', file.executable);
  return [Buffer.from(`M 160000 ${file.submodule} ${toQuoted(path)}\n`)];
}

function toBlock(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
}

function toQuoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** Where a server keeps a repository. */
export function repositoryFolder(root: string, name: string): string {
  return join(root, `${name}.git`);
}
