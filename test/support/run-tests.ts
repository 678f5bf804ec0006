import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { provideTools } from '../../cli/setup/provide-tools.ts';
import { messageOf } from '../../shared/errors.ts';
import { provideEmulator } from './aws/provide-emulator.ts';
import { jestArguments, root, runChecks, staticChecks } from './checks.ts';
import { provideControlPlane } from './control-plane/provision.ts';
import { provideCrds } from './crds/provide-crds.ts';
import { exitOnSignals } from './exit-on-signals.ts';
import { type Guard, startGuard } from './guard.ts';
import { provideKubeseal, provideSops } from './secret-tools/provide-secret-tools.ts';

// npm test: set-up, static checks, every test. Arguments go to Jest.
type Counts = { readonly passed: number; readonly failed: number };

exitOnSignals();
await setUp();
const failedChecks = await runChecks(staticChecks, 8);
const counts = await runJest(process.argv.slice(2));
if (failedChecks.length > 0) process.stdout.write(`Failed, beside the tests: ${failedChecks.join('; ')}\n`);
const failed = counts.failed + failedChecks.length;
process.stdout.write(`${counts.passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && counts.passed > 0 ? 0 : 1);

async function setUp(): Promise<void> {
  try {
    await provideTools();
    await provideControlPlane();
    await provideKubeseal();
    await provideSops();
    await provideCrds();
    await provideEmulator();
  } catch (error) {
    process.stderr.write(`Set-up failed: ${messageOf(error)}\n`);
    process.exit(1);
  }
}

/** Jest and all that its tests start are one process group with a scratch folder of their own, gone when this process is. */
async function runJest(args: readonly string[]): Promise<Counts> {
  const guard = await startGuard('run');
  // Tests that act as another user have to get through.
  await chmod(guard.folder, 0o711);
  exitOnSignals(guard.end);
  try {
    return await runGuarded(guard, args);
  } finally {
    await guard.end();
  }
}

async function runGuarded(guard: Guard, args: readonly string[]): Promise<Counts> {
  const results = join(guard.folder, 'results.json');
  const child = spawn(process.execPath, [...jestArguments, '--json', '--outputFile', results, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    env: { ...process.env, TMPDIR: guard.folder },
  });
  guard.watch(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return toCounts(await readFile(results, 'utf8').catch(() => '{}'), code);
}

/** A suite that could not be loaded has no tests, yet it failed; so has a Jest that failed without saying why. */
function toCounts(text: string, code: number | null): Counts {
  const results = JSON.parse(text) as {
    numPassedTests?: number;
    numFailedTests?: number;
    numRuntimeErrorTestSuites?: number;
  };
  const failed = (results.numFailedTests ?? 0) + (results.numRuntimeErrorTestSuites ?? 0);
  return { passed: results.numPassedTests ?? 0, failed: code === 0 ? failed : Math.max(1, failed) };
}
