import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RenderError } from '../errors.ts';
import { withoutUserinfo } from '../model/repo-url.ts';
import type { CommandRunner } from '../ports.ts';
import { archiveLimits } from './chart-archive.ts';
import { plainHttpFor, writeHelmHome } from './helm-home.ts';
import type { ChartCredentials, RenderPorts } from './render-request.ts';
import { inScratchFolder, type ScratchFolder } from './scratch-folder.ts';
import { toolFailure } from './tool-failure.ts';
import { toolLimits } from './tool-limits.ts';

/** A chart of a Helm repository (`https://…`) or of an OCI registry (`oci://…`, or no scheme); `version` may be a range. */
export type ChartAddress = {
  readonly repoURL: string;
  readonly chart: string;
  readonly version: string;
  readonly credentials: ChartCredentials | undefined;
  readonly passCredentials: boolean;
};

/** Pulls a chart's archive. A chart of an exact version is kept in `charts/` below the scratch folder: versions do not change. */
export async function pullChart(address: ChartAddress, { scratch, runner }: RenderPorts): Promise<Uint8Array> {
  checkAddress(address);
  const kept = isExact(address.version) ? join(scratch, 'charts', `${nameOfKept(address)}.tgz`) : undefined;
  const found = kept === undefined ? undefined : await readFile(kept).catch(() => undefined);
  if (found !== undefined) return found;
  const archive = await inScratchFolder(scratch, (folder) => pull(address, folder, runner));
  if (kept !== undefined) await keep(kept, archive);
  return archive;
}

async function pull(address: ChartAddress, folder: ScratchFolder, runner: CommandRunner): Promise<Uint8Array> {
  const { chart, version, credentials, passCredentials } = address;
  const url = urlOf(address);
  const isRegistry = url.startsWith('oci://');
  await writeHelmHome(folder.home, [{ name: 'source', url, credentials, passCredentials }]);
  if (!isRegistry) await call(['repo', 'update', 'source']);
  const wanted = version === 'HEAD' || version === '' ? [] : ['--version', version];
  await call([
    'pull',
    ...wanted,
    ...plainHttpFor([url]),
    '--destination',
    folder.files,
    '--',
    isRegistry ? `${url}/${chart}` : `source/${chart}`,
  ]);
  return readPulled(address, folder);

  async function call(args: readonly string[]): Promise<void> {
    const result = await runner.run({
      program: 'helm',
      args,
      folder: folder.files,
      home: folder.home,
      network: true,
      ...toolLimits,
    });
    if (result.exitCode === 0) return;
    const error = toolFailure({ what: `pulling chart ${nameOf(address)}`, hide: [folder.files, folder.home] }, result);
    throw new RenderError('render-failed', error.message, {
      object: nameOf(address),
      hint: 'check repoURL, chart, targetRevision, and the credentials of the registry',
      retryable: true,
    });
  }
}

async function readPulled(address: ChartAddress, { files }: ScratchFolder): Promise<Uint8Array> {
  const archive = (await readdir(files)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw refused(address, 'helm pulled no archive');
  const { size } = await stat(join(files, archive));
  if (size > archiveLimits.packedBytes)
    throw refused(address, `it is larger than ${archiveLimits.packedBytes / 1e6} MB`);
  return readFile(join(files, archive));
}

/** Two that pull at once both write the same bytes; a reader sees all of them or none. */
async function keep(path: string, archive: Uint8Array): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, archive, { mode: 0o600 });
  await rename(draft, path);
}

function checkAddress(address: ChartAddress): void {
  const { repoURL, chart, version } = address;
  if (!/^[A-Za-z0-9][\w.-]*(?:\/[A-Za-z0-9][\w.-]*)*$/.test(chart))
    throw refused(address, 'its name has characters that no chart name has');
  if (version.startsWith('-')) throw refused(address, 'its version starts with a dash');
  if (/^(?:https?|oci):\/\/\S+$/i.test(repoURL) || /^[\w.-]+(?::\d+)?(?:\/[\w./-]*)?$/.test(repoURL)) return;
  throw refused(address, 'its repoURL is neither https://… nor oci://… nor a registry without a scheme');
}

function urlOf({ repoURL }: ChartAddress): string {
  const url = repoURL.replace(/\/+$/, '');
  return /^[a-z]+:\/\//i.test(url) ? url : `oci://${url}`;
}

function isExact(version: string): boolean {
  return /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(version);
}

/** The credentials belong to it: what one may pull is not for another who may not. */
function nameOfKept({ repoURL, chart, version, credentials }: ChartAddress): string {
  const parts = [repoURL, chart, version, credentials?.username ?? '', credentials?.password ?? ''];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function nameOf({ repoURL, chart, version }: ChartAddress): string {
  return `${chart} ${version} of ${withoutUserinfo(repoURL)}`;
}

function refused(address: ChartAddress, reason: string): RenderError {
  return new RenderError('render-refused', `the chart ${nameOf(address)} is refused: ${reason}`, {
    object: nameOf(address),
    hint: "correct the source's repoURL, chart and targetRevision",
  });
}
