import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideTools, type Tools } from '../../cli/setup/provide-tools.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane/start-control-plane.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';

/** What every scenario runs on: the API server that the peer uses too, a Git server, the real tools and a scratch folder. */
export type Bed = {
  readonly controlPlane: ControlPlane;
  readonly git: GitServer;
  readonly tools: Tools;
  readonly folder: string;
  /** kubectl, the peer. */
  readonly kubectl: string;
  close(): Promise<void>;
};

/** Starts a bed. Without controllers nothing but the requests that are measured loads the machine. */
export async function openBed({ controllers }: { readonly controllers: boolean }): Promise<Bed> {
  const [controlPlane, git, tools, folder] = await Promise.all([
    startControlPlane({ controllers }),
    startGitServer(),
    provideTools(),
    mkdtemp(join(tmpdir(), 'plumb-bench-')),
  ]);
  const close = async (): Promise<void> => {
    await Promise.all([controlPlane.stop(), git.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
  if (tools.kubectl === undefined) {
    await close();
    throw new Error('the bench compares with kubectl, and there is none here');
  }
  return { controlPlane, git, tools, folder, kubectl: tools.kubectl, close };
}

/** Writes files below a folder of the bed; gives the folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, path);
    await mkdir(join(target, '..'), { recursive: true });
    await writeFile(target, text);
  }
  return folder;
}
