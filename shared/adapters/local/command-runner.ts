import { RenderError } from '../../errors.ts';
import type { Command, CommandResult, CommandRunner } from '../../ports.ts';
import { type CommandNetwork, commandEnvironment } from './command-environment.ts';
import { runBounded } from './command-process.ts';

export type Versions = { readonly helm: string; readonly kustomize: string };

/** Where the programs are. `prefixArgs` stand before the folder: `['kustomize']` for kubectl, `['build']` for kustomize. */
export type CommandPrograms = {
  readonly helm: string;
  readonly kustomize: { readonly path: string; readonly prefixArgs: readonly string[] };
  /** Where they are known already; else the programs are asked once. */
  readonly versions?: Versions;
  /** Given to commands that may use the network, and to no others. */
  readonly network?: CommandNetwork;
};

const versionCheck = { folder: '/', home: '/nonexistent', network: false, timeoutMs: 20_000, maxOutputBytes: 100_000 };

/** Runs helm and kustomize as child processes that get nothing of this process's environment. */
export class LocalCommandRunner implements CommandRunner {
  readonly #programs: CommandPrograms;
  #versions: Promise<Versions> | undefined;

  constructor(programs: CommandPrograms) {
    this.#programs = programs;
    if (programs.versions !== undefined) this.#versions = Promise.resolve(programs.versions);
  }

  run(command: Command): Promise<CommandResult> {
    const { helm, kustomize } = this.#programs;
    const [path, before] = command.program === 'helm' ? [helm, []] : [kustomize.path, kustomize.prefixArgs];
    return runBounded({
      ...command,
      path,
      args: [...before, ...command.args],
      environment: commandEnvironment(command, this.#programs.network),
    });
  }

  versions(): Promise<Versions> {
    this.#versions ??= this.#readVersions().catch((error: unknown) => {
      this.#versions = undefined;
      throw error;
    });
    return this.#versions;
  }

  async #readVersions(): Promise<Versions> {
    const { helm, kustomize } = this.#programs;
    const isKubectl = kustomize.prefixArgs.includes('kustomize');
    const [helmSays, kustomizeSays] = await Promise.all([
      this.#ask(helm, ['version', '--template', '{{.Version}}']),
      this.#ask(kustomize.path, isKubectl ? ['version', '--client'] : ['version']),
    ]);
    return {
      helm: versionIn(helm, /v\d+\.\d+\.\d+\S*/.exec(helmSays)),
      kustomize: versionIn(
        kustomize.path,
        isKubectl ? /Kustomize Version: (v\S+)/.exec(kustomizeSays) : /v\d+\.\d+\.\d+\S*/.exec(kustomizeSays),
      ),
    };
  }

  async #ask(path: string, args: readonly string[]): Promise<string> {
    const environment = commandEnvironment(versionCheck);
    const { exitCode, stdout, stderr } = await runBounded({ ...versionCheck, path, args, environment });
    if (exitCode === 0) return stdout;
    throw unusable(path, `it ended with exit code ${exitCode}: ${stderr.trim().slice(0, 300)}`);
  }
}

function versionIn(path: string, match: RegExpExecArray | null): string {
  const version = match?.[1] ?? match?.[0];
  if (version === undefined) throw unusable(path, 'it does not say its version');
  return version;
}

function unusable(path: string, reason: string): RenderError {
  return new RenderError('tool-unusable', `${path} cannot be used: ${reason}`, {
    object: path,
    hint: 'run plumb doctor',
  });
}
