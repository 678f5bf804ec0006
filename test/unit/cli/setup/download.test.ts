import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDownloader, findChecksum } from '../../../../cli/setup/download.ts';
import type { Setup } from '../../../../cli/setup/local-setup.ts';
import { silentProgress } from '../../../../cli/setup/progress.ts';

const body = 'the whole program';
const sum = createHash('sha256').update(body).digest('hex');
let folder: string;
let server: Server;
let origin: string;
let requests: string[];
let checksums: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-download-'));
  requests = [];
  checksums = `${sum}  tool\n`;
  server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? ''}`.trim());
    if (request.url === '/SHA256SUMS') response.end(checksums);
    else if (request.headers.range === undefined) response.end(body);
    else response.writeHead(206).end(body.slice(Number(/=(\d+)-/.exec(request.headers.range)?.[1])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const setup = (): Setup => ({ environment: {}, cache: folder, os: 'linux', arch: 'amd64', progress: silentProgress });
const tool = () => ({ url: `${origin}/tool`, checksums: `${origin}/SHA256SUMS`, name: 'tool', megabytes: 1 });

describe('Download', () => {
  it('puts the verified file in its place', async () => {
    await createDownloader(setup()).download(tool(), join(folder, 'tool'));
    expect(await readFile(join(folder, 'tool'), 'utf8')).toBe(body);
  });

  it('goes on where an interrupted one stopped', async () => {
    await writeFile(join(folder, 'tool.part'), body.slice(0, 4));
    await createDownloader(setup()).download(tool(), join(folder, 'tool'));
    expect(await readFile(join(folder, 'tool'), 'utf8')).toBe(body);
    expect(requests).toEqual(['/SHA256SUMS', '/tool bytes=4-']);
  });

  it('throws away what has another checksum', async () => {
    checksums = `${'0'.repeat(64)}  tool\n`;
    await expect(createDownloader(setup()).download(tool(), join(folder, 'tool'))).rejects.toThrow(
      `has SHA-256 ${sum}, expected 000`,
    );
    expect([existsSync(join(folder, 'tool')), existsSync(join(folder, 'tool.part'))]).toEqual([false, false]);
  });

  it('does not try a second host when there is no way to the first', async () => {
    const downloader = createDownloader(setup());
    const nowhere = { ...tool(), checksums: 'http://127.0.0.1:1/SHA256SUMS' };
    await expect(downloader.download(nowhere, join(folder, 'tool'))).rejects.toThrow('no way to 127.0.0.1:1');
    await expect(downloader.download(tool(), join(folder, 'tool'))).rejects.toThrow('no way to 127.0.0.1:1');
    expect(requests).toEqual([]);
  });

  it.each([
    ['a bare checksum', `${sum}\n`, sum],
    ['one line among many', `${'1'.repeat(64)}  other\n${sum} *tool\n`, sum],
    ["GitHub's JSON of a release", JSON.stringify({ assets: [{ name: 'tool', digest: `sha256:${sum}` }] }), sum],
    ['a list without the file', `${sum}  other\n`, undefined],
    ['a web page', '<html>Not found</html>', undefined],
  ])('finds the checksum in %s', (_what, text, expected) => {
    expect(findChecksum(text, 'tool')).toBe(expected);
  });
});
