import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import type { Emulator } from '../aws/start-emulator.ts';
import { root } from '../checks.ts';

export type Context = { readonly [name: string]: string };

/** The ordinary command line of CDK, against an emulator and with nothing of the person who runs the tests. */
export type Cdk = {
  /** Makes the account ready for deploying. */
  bootstrap(): Promise<void>;
  /** Runs the app; gives the folder of what it made. */
  synth(context: Context): Promise<string>;
  /** Deploys all stacks that were made there; gives all that they print, by name. */
  deploy(assembly: string): Promise<Outputs>;
};

export type Outputs = { readonly [name: string]: string };

/** `folder` is for what CDK writes. */
export function openCdk(folder: string, emulator: Emulator): Cdk {
  const run = (cwd: string, args: readonly string[]): Promise<void> => runCdk(args, { cwd, folder, emulator });
  let made = 0;
  return {
    bootstrap: async () => {
      // In the app's folder it would run the app.
      const empty = join(folder, 'empty');
      await mkdir(empty, { recursive: true });
      await run(empty, ['bootstrap', `aws://000000000000/${emulator.region}`]);
    },
    synth: async (context) => {
      made += 1;
      const output = join(folder, `assembly-${made}`);
      const given = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
      await run(root, ['synth', '--quiet', '--output', output, ...given]);
      return output;
    },
    deploy: async (assembly) => {
      const outputs = `${assembly}.json`;
      const quick = ['--require-approval', 'never', '--concurrency', '4', '--asset-parallelism'];
      await run(folder, ['deploy', '--all', '--app', assembly, '--outputs-file', outputs, ...quick]);
      const stacks = JSON.parse(await readFile(outputs, 'utf8')) as { readonly [stack: string]: Outputs };
      return Object.assign({}, ...Object.values(stacks)) as Outputs;
    },
  };
}

type Run = { readonly cwd: string; readonly folder: string; readonly emulator: Emulator };

async function runCdk(args: readonly string[], { cwd, folder, emulator }: Run): Promise<void> {
  const program = join(root, 'node_modules/aws-cdk/bin/cdk');
  const child = spawn(process.execPath, [program, '--no-notices', '--no-color', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: folder,
      TMPDIR: folder,
      CI: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      ...emulator.environment,
    },
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`cdk ${args.join(' ')} ended with ${code}:\n${`${out}\n${err}`.slice(-4000)}`);
}
