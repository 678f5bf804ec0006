import type { CommandWords, OptionWords, ProgramWords } from './words.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type ShellName = (typeof shells)[number];

/** The script that a shell sources to complete `plumb`. */
export function completionFor(shell: ShellName, words: ProgramWords): string {
  return scripts[shell](words);
}

const scripts: Record<ShellName, (words: ProgramWords) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** What was ever synced, or is declared in $PLUMB_FILENAME or $PLUMB_CONTROL. */
const listNames = "plumb list 2>/dev/null | awk 'NR > 1 { print $1 }'";

function bashScript({ commands, options }: ProgramWords): string {
  const withValue = [...options, ...commands.flatMap((command) => command.options)].filter(
    ({ value }) => value !== undefined,
  );
  const values = withValue.map(({ names, value }) => `    ${names.join('|')}) ${bashValue(value)}; return ;;`);
  const flags = (added: readonly OptionWords[]): string =>
    [...added, ...options].flatMap(({ names }) => names).join(' ');
  const cases = commands.map(
    (command) => `    ${command.name}) flags='${flags(command.options)} --help'; names="${bashNames(command)}" ;;`,
  );
  return `# plumb completion for bash; load it with: source <(plumb completion bash)
_plumb() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}" command='' flags names word
  case "$prev" in
${[...new Set(values)].join('\n')}
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      ${commands.map(({ name }) => name).join('|')}) command="$word"; break ;;
    esac
  done
  case "$command" in
    '') flags='${flags([])} --help'; names='${commands.map(({ name }) => name).join(' ')}' ;;
${cases.join('\n')}
  esac
  [[ "$cur" == -* ]] && names="$flags"
  COMPREPLY=($(compgen -W "$names" -- "$cur"))
}
complete -F _plumb plumb
`;
}

function bashValue(value: OptionWords['value']): string {
  if (value === 'file') return 'COMPREPLY=($(compgen -f -- "$cur"))';
  if (value === 'text' || value === undefined) return 'COMPREPLY=()';
  return `COMPREPLY=($(compgen -W '${value.join(' ')}' -- "$cur"))`;
}

function bashNames({ names }: CommandWords): string {
  return names === 'applications' ? `$(${listNames})` : names.join(' ');
}

function zshScript({ commands, options }: ProgramWords): string {
  const described = commands.map(({ name, summary }) => `    '${name}:${zshText(summary)}'`);
  const cases = commands.map(
    (command) =>
      `    ${command.name}) _arguments ${[...command.options, ...options].map(zshOption).join(' ')} ${zshNames(command)} ;;`,
  );
  return `#compdef plumb
# plumb completion for zsh; load it with: plumb completion zsh > ~/.zfunc/_plumb, a folder of $fpath
_plumb() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  local word command=''
  for word in "\${words[@]:1:$((CURRENT - 2))}"; do
    (( \${commands[(I)$word:*]} )) && command="$word" && break
  done
  case "$command" in
    '') _arguments ${options.map(zshOption).join(' ')} '1:command:{_describe command commands}' ;;
${cases.join('\n')}
  esac
}
_plumb_applications() { compadd -- $(${listNames}); }
compdef _plumb plumb
`;
}

function zshOption({ names, summary, value }: OptionWords): string {
  const text = `[${zshText(summary)}]${zshValue(value)}`;
  const [only, ...others] = names;
  return others.length === 0 ? `'*${only}${text}'` : `'*'{${names.join(',')}}'${text}'`;
}

function zshValue(value: OptionWords['value']): string {
  if (value === undefined) return '';
  if (value === 'text') return ':value:';
  return value === 'file' ? ':file:_files' : `:value:(${value.join(' ')})`;
}

function zshNames({ names }: CommandWords): string {
  if (names === 'applications') return "'*:application:_plumb_applications'";
  return names.length === 0 ? '' : `'1:value:(${names.join(' ')})'`;
}

function zshText(text: string): string {
  return text.replaceAll(/[[\]:'\\]/g, ' ');
}

function fishScript({ commands, options }: ProgramWords): string {
  const lines = [
    '# plumb completion for fish; load it with: plumb completion fish > ~/.config/fish/completions/plumb.fish',
    'complete -c plumb -f',
    ...commands.map(
      ({ name, summary }) => `complete -c plumb -n __fish_use_subcommand -a ${name} -d ${fishText(summary)}`,
    ),
    ...options.map((option) => fishOption(option, '')),
    ...commands.flatMap((command) => fishCommand(command)),
  ];
  return `${lines.join('\n')}\n`;
}

function fishCommand({ name, options, names }: CommandWords): readonly string[] {
  const when = ` -n '__fish_seen_subcommand_from ${name}'`;
  const given = names === 'applications' ? `(${listNames})` : names.join(' ');
  const argument = given === '' ? [] : [`complete -c plumb${when} -a ${fishText(given)}`];
  return [...options.map((option) => fishOption(option, when)), ...argument];
}

function fishOption({ names, summary, value }: OptionWords, when: string): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(' ');
  const takes =
    value === undefined ? '' : value === 'file' ? ' -r -F' : value === 'text' ? ' -x' : ` -x -a '${value.join(' ')}'`;
  return `complete -c plumb${when} ${flags}${takes} -d ${fishText(summary)}`;
}

function fishText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
