import { availableParallelism } from 'node:os';
import { basename, dirname } from 'node:path';
import type { Setup } from './local-setup.ts';
import { placeProgram } from './place-program.ts';
import { runProgram } from './run-program.ts';

export type GoProgram = {
  /** A package path; with `@version` it is built as a module of its own, else in `folder`. */
  readonly source: string;
  /** Of the committed go.mod, whose go.sum pins every byte. */
  readonly folder?: string;
  /** Go variables set at link time, such as version strings. */
  readonly variables?: { readonly [name: string]: string };
  /** How long a first build takes on two cores. */
  readonly seconds: number;
};

/** Builds a Go program from the module proxy into `target`. Interrupted, the next build goes on from Go's own build cache. */
export async function buildGoProgram(program: GoProgram, target: string, setup: Setup): Promise<string> {
  const version = await runProgram('go', ['env', 'GOVERSION'], { environment: setup.environment });
  const title = `Building ${basename(target)} with ${version}`;
  const seconds = Math.ceil((program.seconds * 2) / Math.max(1, availableParallelism()));
  return placeProgram(target, (draft) =>
    setup.progress.run({ title, seconds }, async () => {
      await runProgram('go', toArguments(program, draft), {
        environment: toGoEnvironment(setup, dirname(draft)),
        guarded: true,
        ...(program.folder === undefined ? {} : { folder: program.folder }),
      });
    }),
  );
}

function toArguments({ source, variables = {} }: GoProgram, draft: string): readonly string[] {
  const linked = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  const flags = ['-trimpath', '-ldflags', ['-s', '-w', ...linked].join(' ')];
  // `go install` names the program after its package and puts it into GOBIN, the draft's folder.
  return source.includes('@') ? ['install', ...flags, source] : ['build', ...flags, '-o', draft, source];
}

function toGoEnvironment(setup: Setup, bin: string): { readonly [name: string]: string | undefined } {
  const flags = `${setup.environment['GOFLAGS'] ?? ''} -buildvcs=false`.trim();
  return { ...setup.environment, CGO_ENABLED: '0', GOFLAGS: flags, GOBIN: bin };
}
