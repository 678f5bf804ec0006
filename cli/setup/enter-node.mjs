import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installDependencies, root } from './install-dependencies.mjs';

const wantedMajor = 24;

/**
 * Runs a .ts file of the project on Node 24 with its dependencies in place, whatever Node (≥ 20) runs this.
 * Signals and the exit code pass through; nothing is written to standard output.
 */
export async function enter(script, args) {
  try {
    await installDependencies();
  } catch (error) {
    fail(error.message);
  }
  const path = join(root, script);
  if (Number.parseInt(process.versions.node, 10) >= wantedMajor) {
    process.argv = [process.execPath, path, ...args];
    await import(pathToFileURL(path).href);
    return;
  }
  runChild(findNode(), ['--import', fileURLToPath(new URL('lifeline.mjs', import.meta.url)), path, ...args]);
}

function findNode() {
  const path = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(path)) return path;
  const platform = `${process.platform} ${process.arch}`;
  fail(
    `Plumbline needs Node ${wantedMajor}; this is ${process.version}, and it has none for ${platform}: install one and try again.`,
  );
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function runChild(node, args) {
  // The channel closes when this process ends in any way; lifeline.mjs then ends the child.
  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    // A terminal sends its own signals to the child as well; passing them on would interrupt it twice.
    const fromTerminal = onTerminal && (signal === 'SIGINT' || signal === 'SIGQUIT');
    process.on(signal, () => fromTerminal || child.kill(signal));
  }
  child.on('error', (error) => fail(`Cannot run ${node}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
