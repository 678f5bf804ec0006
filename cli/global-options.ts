import { type Command, Option } from 'commander';

export const outputs = ['table', 'json', 'yaml'] as const;
export type Output = (typeof outputs)[number];

/** The options that every command has. */
export type GlobalOptions = {
  readonly filename?: readonly string[];
  readonly control?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly store?: string;
  /** True: what an installation would do is done here. */
  readonly local?: boolean;
  readonly cache?: string;
  readonly gitCredentials?: string;
  readonly secretsConfig?: string;
  readonly output: Output;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
};

/** Adds the options that every command has; each can also be given as an environment variable, as its help says. */
export function addGlobalOptions(program: Command): Command {
  for (const option of globalOptions()) program.addOption(option);
  return program;
}

function globalOptions(): readonly Option[] {
  return [
    new Option('-f, --filename <PATH>', 'file, folder or - (stdin) with Applications and AppProjects; may be repeated')
      .env('PLUMB_FILENAME')
      .argParser(collect),
    new Option('--control <URL>', 'control repository that declares them: URL[#ref][:path]').env('PLUMB_CONTROL'),
    new Option('--kubeconfig <FILE>', 'kubeconfig; default: $KUBECONFIG or ~/.kube/config').env('PLUMB_KUBECONFIG'),
    new Option('--context <NAME>', 'kubeconfig context for https://kubernetes.default.svc and in-cluster').env(
      'PLUMB_CONTEXT',
    ),
    new Option(
      '--store <DIR>',
      'state: a folder or s3://bucket[/prefix]; default: $XDG_STATE_HOME/plumbline or ~/.local/state/plumbline',
    ).env('PLUMB_STORE'),
    new Option('--local', 'do the work on this machine also where the state is that of an installation on AWS'),
    new Option('--cache <DIR>', 'Git objects; default: $XDG_CACHE_HOME/plumbline or ~/.cache/plumbline').env(
      'PLUMB_CACHE',
    ),
    new Option('--git-credentials <FILE>', 'lines like https://user:token@git.example/team; mode 0600').env(
      'PLUMB_GIT_CREDENTIALS',
    ),
    new Option(
      '--secrets-config <FILE>',
      'who may read which secrets, and where keys are; default: nothing may be read',
    ).env('PLUMB_SECRETS_CONFIG'),
    new Option('-o, --output <FORMAT>', 'what results look like').env('PLUMB_OUTPUT').choices(outputs).default('table'),
    new Option('-q, --quiet', 'no progress, only results, warnings and errors'),
    new Option('-v, --verbose', 'also unchanged objects, and stack traces of errors'),
  ];
}

/** For options that may be repeated. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
