import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import process from 'node:process';
import { type Ended, endedTrailer, orderHeader, type ProgramOrder, writeEnded } from './starter-protocol.ts';

// Run as a program by start-starter.ts: starts programs for the workers of Jest. Its socket is in a folder that is nobody else's.
const [socket] = process.argv.slice(2);
const server = createServer({ maxHeaderSize: 65_536 }, carryOut);
process.once('disconnect', () => process.exit(0));
server.listen(socket, () => process.send?.('ready'));

function carryOut(request: IncomingMessage, response: ServerResponse): void {
  const order = JSON.parse(decodeURIComponent(String(request.headers[orderHeader]))) as ProgramOrder;
  const child = spawn(order.path, order.args, { cwd: order.folder, env: order.env });
  const errors: Buffer[] = [];
  response.writeHead(200, { trailer: endedTrailer });
  const end = (ended: Ended): void => {
    response.addTrailers({ [endedTrailer]: writeEnded(ended) });
    response.end();
  };
  child.once('error', (error) => end({ code: null, signal: null, errors: error.message }));
  child.once('close', (code, signal) => end({ code, signal, errors: Buffer.concat(errors).toString() }));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  child.stdout.pipe(response, { end: false });
  response.once('close', () => child.kill());
}
