import { execFileSync } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { isolatedGitEnvironment } from './git-repositories.ts';
import { startProgram } from './programs/start-program.ts';

export type BackendOptions = { readonly root: string; readonly user: string | undefined };

let program: string | undefined;

/** Where git has it; by way of `git` it would be one more program to load for each request. */
function backendProgram(): string {
  program ??= join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
  return program;
}

/** Answers one request with git's own http-backend (a CGI program), streaming both ways. */
export function serveGit(request: IncomingMessage, response: ServerResponse, options: BackendOptions): void {
  const env = toCgiEnvironment(request, options);
  const backend = startProgram({ path: backendProgram(), args: [], folder: options.root, env });
  let head: Buffer | undefined = Buffer.alloc(0);
  request.pipe(backend.input);
  backend.output.on('data', (chunk: Buffer) => {
    if (head === undefined) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    writeHead(response, head.subarray(0, end).toString());
    response.write(head.subarray(end + 4));
    head = undefined;
  });
  backend.output.on('end', async () => {
    const { errors } = await backend.ended;
    if (head !== undefined) response.writeHead(500).write(errors);
    response.end();
  });
  response.on('close', backend.kill);
}

function toCgiEnvironment(request: IncomingMessage, options: BackendOptions): { readonly [name: string]: string } {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const header = (name: string): string => String(request.headers[name] ?? '');
  return {
    ...isolatedGitEnvironment(options.root),
    GIT_PROJECT_ROOT: options.root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: header('git-protocol'),
    REQUEST_METHOD: request.method ?? 'GET',
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: header('content-type'),
    ...(request.headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: header('content-length') }),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_USER: options.user ?? 'anonymous',
  };
}

function writeHead(response: ServerResponse, head: string): void {
  let status = 200;
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
