import { copyFile, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Stage } from './stage.ts';

/** Copies the logs of everything on the stage to a folder that outlives it; gives the folder. */
export async function keepLogs({ logFolders }: Pick<Stage, 'logFolders'>): Promise<string> {
  const kept = await mkdtemp(join(tmpdir(), 'plumb-demo-logs-'));
  for (const folder of logFolders) {
    const logs = (await readdir(folder)).filter((name) => name.endsWith('.log'));
    for (const log of logs) await copyFile(join(folder, log), join(kept, basename(log)));
  }
  return kept;
}
