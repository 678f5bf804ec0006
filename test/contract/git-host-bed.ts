import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpGitHost, type HttpGitHostOptions } from '../../shared/adapters/git/http-git-host.ts';
import { GitError } from '../../shared/errors.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';

/** A Git server, and adapters that read it, each with a folder of its own unless it is named. */
export type GitHostBed = {
  readonly server: GitServer;
  /** A new folder, gone at the end. */
  folder(): Promise<string>;
  host(options?: Partial<HttpGitHostOptions>): Promise<HttpGitHost>;
  /** An HTTP server of one's own; gives its origin. */
  listen(listener: RequestListener): Promise<string>;
  /** What clients asked of the server since the last look, such as `POST upload-pack`. */
  asked(): readonly string[];
  stop(): Promise<void>;
};

/** Starts the bed; `stop` leaves nothing behind. */
export async function startGitHostBed(): Promise<GitHostBed> {
  const server = await startGitServer();
  const endings: (() => Promise<unknown>)[] = [() => server.stop()];
  const folder = async (): Promise<string> => {
    const path = await mkdtemp(join(tmpdir(), 'plumb-git-host-'));
    endings.push(() => rm(path, { recursive: true, force: true }));
    return path;
  };
  return {
    server,
    folder,
    host: async (options = {}) => {
      const host = new HttpGitHost({ retryDelayMs: 1, ...options, folder: options.folder ?? (await folder()) });
      endings.push(() => host.close());
      return host;
    },
    listen: async (listener) => {
      const other = createServer(listener);
      await new Promise<void>((resolve) => {
        other.listen(0, '127.0.0.1', resolve);
      });
      endings.push(async () => {
        other.closeAllConnections();
        other.close();
      });
      return `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    },
    asked: () => {
      const asked = server.requests().map(({ method, service }) => `${method} ${service}`);
      server.forgetRequests();
      return asked;
    },
    stop: async () => {
      for (const end of endings.reverse()) await end();
    },
  };
}

/** The GitError that a promise fails with. */
export async function failureOf(promise: Promise<unknown>): Promise<GitError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof GitError) return error;
  throw new Error(`Expected a GitError, got ${String(error)}`);
}
