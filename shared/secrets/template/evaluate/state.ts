import type { GoValue } from '../go/value.ts';
import type { Statement } from '../syntax/node.ts';
import type { Environment } from './environment.ts';
import type { FunctionTable } from './go-function.ts';
import type { MissingKey } from './member.ts';

type Variable = { readonly name: string; value: GoValue };

/** One running template: what it sees, and where it stands. */
export type State = {
  readonly templates: ReadonlyMap<string, readonly Statement[]>;
  readonly functions: FunctionTable;
  readonly missingKey: MissingKey;
  readonly environment: Environment;
  readonly output: string[];
  /** Of the output, in bytes. */
  written: number;
  /** The byte of the template that is being evaluated. */
  at: number;
  variables: Variable[];
};

/** The variable of a name that was declared last; undefined when there is none. */
export function findVariable(state: State, name: string): Variable | undefined {
  return state.variables.findLast((variable) => variable.name === name);
}
