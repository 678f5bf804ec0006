import type { Command, Option } from 'commander';

export type OptionWords = {
  readonly names: readonly string[];
  readonly summary: string;
  /** What comes after it; undefined for switches. */
  readonly value: 'file' | 'text' | readonly string[] | undefined;
};

export type CommandWords = {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** What its arguments are. */
  readonly names: 'applications' | readonly string[];
};

export type ProgramWords = { readonly commands: readonly CommandWords[]; readonly options: readonly OptionWords[] };

/** All words that can be completed, read from the program itself. */
export function wordsOf(program: Command): ProgramWords {
  return {
    options: program.options.map(optionWords),
    commands: program.commands.map((command) => ({
      name: command.name(),
      summary: command.summary(),
      options: optionsOf(command).map(optionWords),
      names: namesOf(command),
    })),
  };
}

/** Of a command with others below it, all of theirs. */
function optionsOf(command: Command): readonly Option[] {
  const all = [command, ...command.commands].flatMap(({ options }) => options);
  return [...new Map(all.map((option) => [option.long ?? option.short, option])).values()];
}

function optionWords(option: Option): OptionWords {
  return {
    names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
    summary: option.description,
    value: valueWords(option),
  };
}

function valueWords({ required, argChoices, flags }: Option): OptionWords['value'] {
  if (!required) return undefined;
  if (argChoices !== undefined) return argChoices;
  return /<(PATH|FILE|DIR)>/.test(flags) ? 'file' : 'text';
}

function namesOf(command: Command): CommandWords['names'] {
  if (command.commands.length > 0) return command.commands.map((inner) => inner.name());
  const [first] = command.registeredArguments;
  if (first === undefined) return [];
  return first.name().startsWith('APP') ? 'applications' : (first.argChoices ?? []);
}
