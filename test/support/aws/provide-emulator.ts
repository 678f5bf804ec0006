import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localSetup, type Setup } from '../../../cli/setup/local-setup.ts';
import { withLock } from '../../../cli/setup/lock.mjs';
import { runProgram } from '../../../cli/setup/run-program.ts';
import { messageOf, PlumbError } from '../../../shared/errors.ts';

const version = '1.5.33';
const packages = [`ministack==${version}`, 'cryptography'];

/** The path of the emulator of AWS's APIs. Made once, in the user's cache folder; two runs at once make it once. */
export async function provideEmulator(setup: Setup = localSetup()): Promise<string> {
  const folder = join(setup.cache, 'aws-emulator', `${version}-${setup.os}-${setup.arch}`);
  const program = join(folder, 'bin', 'ministack');
  if (await exists(wholeMark(folder))) return program;
  const waiting = (holder: number): void =>
    setup.progress.note(`Waiting for process ${holder}, which is installing the AWS emulator`);
  return withLock(`${folder}.lock`, waiting, async () => {
    if (!(await exists(wholeMark(folder)))) await install(folder, setup);
    return program;
  });
}

/** Scripts of a virtual environment name its folder, so it is made in place, and a mark says that it is whole. */
async function install(folder: string, setup: Setup): Promise<void> {
  const python = join(folder, 'bin', 'python');
  await rm(folder, { recursive: true, force: true });
  await setup.progress.run({ title: `Installing the AWS emulator, ministack ${version}`, seconds: 20 }, async () => {
    try {
      await runProgram('python3', ['-m', 'venv', folder], run(setup));
      await runProgram(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', ...packages], run(setup));
    } catch (error) {
      throw uninstallable(error);
    }
  });
  await writeFile(wholeMark(folder), '');
}

function wholeMark(folder: string): string {
  return join(folder, 'whole');
}

function run({ environment }: Setup): { readonly environment: Setup['environment']; readonly guarded: true } {
  return { environment, guarded: true };
}

function uninstallable(error: unknown): PlumbError {
  return new PlumbError('tool-unusable', `cannot install the AWS emulator: ${messageOf(error)}`, {
    object: 'ministack',
    hint: 'Install Python 3.10 or newer with its venv module (on Debian: apt-get install python3-venv), and allow access to pypi.org or set PIP_INDEX_URL.',
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
