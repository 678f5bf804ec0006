import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Empties the folders of a folder when they hold more than so many bytes: all of it can be fetched again. */
export async function boundedFolder(folder: string, mostBytes: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => sizeOf(join(entry.parentPath, entry.name))),
  );
  if (sizes.reduce((sum, size) => sum + size, 0) <= mostBytes) return;
  const kept = ['scratch'];
  for (const name of await readdir(folder))
    if (!kept.includes(name)) await rm(join(folder, name), { recursive: true, force: true });
  for (const name of await readdir(join(folder, 'scratch', 'charts')).catch(() => []))
    await rm(join(folder, 'scratch', 'charts', name), { recursive: true, force: true });
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
