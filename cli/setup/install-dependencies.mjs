import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const silentMs = 1_000;

/** Installs what package-lock.json names, unless it is there. Two at once install once; an interrupted install is done again. */
export async function installDependencies() {
  if (isInstalled()) return;
  const waiting = (holder) => say(`Waiting for process ${holder}, which is installing the dependencies`);
  await withLock(lockPath(), waiting, async () => {
    if (isInstalled()) return;
    say('Installing dependencies (about 40 s) …');
    const startedAt = Date.now();
    await runNpm();
    if (Date.now() - startedAt > silentMs)
      say(`Installed dependencies in ${Math.round((Date.now() - startedAt) / 1000)} s`);
  });
}

/** npm writes its own list of what is installed last of all, and removes it first. */
function isInstalled() {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages(join('node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(
    ([path, { version, optional, link }]) =>
      path === '' || link || installed[path]?.version === version || (optional && !isOurNode(path)),
  );
}

function isOurNode(path) {
  return path === `node_modules/node-${process.platform}-${process.arch}`;
}

function readPackages(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

function lockPath() {
  const name = `install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}.lock`;
  return join(process.env.HOME || homedir() ? cacheFolder() : tmpdir(), name);
}

function cacheFolder() {
  const wanted = process.env.XDG_CACHE_HOME ?? '';
  return join(wanted.startsWith('/') ? wanted : join(process.env.HOME || homedir(), '.cache'), 'plumbline');
}

function runNpm() {
  const args = [
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const viaNpm = process.env.npm_execpath?.endsWith('npm-cli.js');
  const [program, first] = viaNpm ? [process.execPath, [process.env.npm_execpath]] : ['npm', []];
  const guard = fileURLToPath(new URL('guarded-program.mjs', import.meta.url));
  return new Promise((done, fail) => {
    // npm's own words go to standard error: standard output belongs to the program.
    const stdio = ['ignore', 2, 2, 'ipc'];
    const child = spawn(process.execPath, [guard, program, ...first, ...args], { cwd: root, stdio, detached: true });
    child.on('error', fail);
    child.on('exit', (code, signal) => {
      if (code === 0) done();
      else
        fail(
          new Error(`npm ci ended with ${code ?? signal}; what it said is above. Try again, or run npm ci in ${root}.`),
        );
    });
  });
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
