import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { eventually } from '../eventually.ts';
import { startGuard } from '../guard.ts';
import { startKvServer } from './kv-server.ts';
import type { VaultAdmin } from './vault-admin.ts';

export type StartedVault = VaultAdmin & {
  /** False: it is the test bed's own server. */
  readonly isReal: boolean;
  stop(): Promise<void>;
};

/** A real Vault where VAULT_BIN names one or one is on PATH; else the test bed's server, which follows the same documents. */
export async function startVault(): Promise<StartedVault> {
  const program = findVault();
  if (program !== undefined) return startRealVault(program);
  const server = await startKvServer();
  return { url: server.url, token: server.rootToken, isReal: false, stop: () => server.stop() };
}

/** The program of a real Vault; undefined: there is none. */
function findVault(): string | undefined {
  const named = process.env['VAULT_BIN'];
  if (named !== undefined && named !== '') return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'vault')).find(isProgram);
}

async function startRealVault(program: string): Promise<StartedVault> {
  const guard = await startGuard('vault');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const token = 'root-of-the-tests';
  const options = [
    '-dev',
    `-dev-root-token-id=${token}`,
    `-dev-listen-address=127.0.0.1:${port}`,
    '-dev-no-store-token',
  ];
  const child = spawn(program, ['server', ...options], {
    detached: true,
    stdio: 'ignore',
    cwd: guard.folder,
    env: { HOME: guard.folder, SKIP_SETCAP: '1' },
  });
  guard.watch(child);
  await eventually('Vault answers', async () => {
    const response = await fetch(`${url}/v1/sys/health`).catch(() => undefined);
    return response?.ok === true;
  });
  return { url, token, isReal: true, stop: () => guard.end() };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
