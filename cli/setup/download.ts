import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, fetch, type Response } from 'undici';
import { messageOf } from '../../shared/errors.ts';
import type { Environment, Setup } from './local-setup.ts';

export type Download = {
  readonly url: string;
  /** A text of `<hex>  <name>` lines or one bare hex, or GitHub's JSON of a release. */
  readonly checksums: string;
  /** How the checksums call the file. */
  readonly name: string;
  readonly megabytes: number;
};

export type Downloader = {
  /** Puts the verified file at `target`; a file cut short goes on where it stopped. */
  download(download: Download, target: string): Promise<void>;
};

const connectMs = 5_000;
const megabytesPerSecond = 8;

/** Downloads over HTTPS and the usual proxy variables. After the first host that cannot be reached it no longer tries. */
export function createDownloader(setup: Setup): Downloader {
  const agent = new EnvHttpProxyAgent({
    ...proxiesOf(setup.environment),
    connect: { timeout: connectMs },
    headersTimeout: 15_000,
    bodyTimeout: 30_000,
  });
  let closed: string | undefined;
  const request = async (url: string, headers: { readonly [name: string]: string } = {}): Promise<Response> => {
    if (closed !== undefined) throw new Error(closed);
    const response = await fetch(url, { dispatcher: agent, headers }).catch((error: unknown) => {
      closed = `no way to ${new URL(url).host} (${reasonOf(error)})`;
      throw new Error(closed);
    });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return response;
  };
  return {
    download: async (wanted, target) => {
      const expected = findChecksum(await (await request(wanted.checksums)).text(), wanted.name);
      if (expected === undefined) throw new Error(`${wanted.checksums} does not name ${wanted.name}`);
      const step = { title: `Downloading ${wanted.name}`, seconds: wanted.megabytes / megabytesPerSecond };
      await setup.progress.run(step, async (detail) => {
        await mkdir(dirname(target), { recursive: true });
        await fetchRest(request, { url: wanted.url, part: `${target}.part`, detail });
        await verify(`${target}.part`, expected, wanted.url);
        await rename(`${target}.part`, target);
      });
    },
  };
}

/** Lower case wins, as in curl. */
function proxiesOf(environment: Environment): Pick<EnvHttpProxyAgent.Options, 'httpProxy' | 'httpsProxy' | 'noProxy'> {
  const read = (name: string): string => environment[name] ?? environment[name.toUpperCase()] ?? '';
  return { httpProxy: read('http_proxy'), httpsProxy: read('https_proxy'), noProxy: read('no_proxy') };
}

type Transfer = { readonly url: string; readonly part: string; readonly detail: (text: string) => void };

async function fetchRest(
  request: (url: string, headers: { readonly [name: string]: string }) => Promise<Response>,
  { url, part, detail }: Transfer,
): Promise<void> {
  const have = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const response = await request(url, have > 0 ? { range: `bytes=${have}-` } : {});
  const resumed = response.status === 206;
  const total = Number(response.headers.get('content-length') ?? 0) + (resumed ? have : 0);
  let got = resumed ? have : 0;
  if (response.body === null) throw new Error(`${url} answered without a body`);
  const body = Readable.fromWeb(response.body).on('data', (chunk: Uint8Array) => {
    got += chunk.length;
    detail(total > 0 ? `${Math.floor((100 * got) / total)} %` : `${Math.floor(got / 1e6)} MB`);
  });
  await pipeline(body, createWriteStream(part, { flags: resumed ? 'a' : 'w' }));
}

async function verify(file: string, expected: string, url: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const actual = hash.digest('hex');
  if (actual === expected) return;
  await rm(file, { force: true });
  throw new Error(`${url} has SHA-256 ${actual}, expected ${expected}; it was thrown away`);
}

/** The SHA-256 that a list of checksums gives for a file name, in lower case. */
export function findChecksum(text: string, name: string): string | undefined {
  if (text.trimStart().startsWith('{')) {
    const release = JSON.parse(text) as { assets?: readonly { name: string; digest?: string }[] };
    const digest = release.assets?.find((asset) => asset.name === name)?.digest;
    return digest?.startsWith('sha256:') ? digest.slice('sha256:'.length).toLowerCase() : undefined;
  }
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const named = lines.find(([, file]) => file?.replace(/^\*/, '') === name);
  const hex = (named ?? lines.find((words) => words.length === 1))?.[0]?.toLowerCase();
  return hex !== undefined && /^[0-9a-f]{64}$/.test(hex) ? hex : undefined;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return messageOf(cause ?? error);
}
