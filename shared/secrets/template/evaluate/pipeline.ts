import { TemplateFailure } from '../go/failure.ts';
import { isTrue } from '../go/truth.ts';
import type { GoValue } from '../go/value.ts';
import type { Command, Operand, Pipe } from '../syntax/node.ts';
import { coerceConstant, coerceValue, toConstant } from './coerce.ts';
import type { GoFunction, Parameter } from './go-function.ts';
import { findMember } from './member.ts';
import { findVariable, type State } from './state.ts';

/** What comes out of the command before, the last argument of the next one. */
type Piped = { readonly value: GoValue } | undefined;

/** Arguments that are still to be evaluated. */
type Arguments = { readonly operands: readonly Operand[]; readonly piped: Piped; readonly at: number };

/** The value of a pipeline; its variables are set. */
export function evaluatePipe(state: State, dot: GoValue, pipe: Pipe): GoValue {
  let piped: Piped;
  for (const command of pipe.commands) {
    state.at = command.at;
    state.environment.budget.spend(1);
    piped = { value: evaluateCommand(state, dot, { command, piped }) };
  }
  const value = piped?.value;
  for (const name of pipe.variables) setVariable(state, { name, value, isAssignment: pipe.isAssignment });
  return value;
}

type Setting = { readonly name: string; readonly value: GoValue; readonly isAssignment: boolean };

function setVariable(state: State, { name, value, isAssignment }: Setting): void {
  if (!isAssignment) {
    state.variables.push({ name, value });
    return;
  }
  assignVariable(state, name, value);
}

/** Gives a variable another value. */
export function assignVariable(state: State, name: string, value: GoValue): void {
  const variable = findVariable(state, name);
  if (variable === undefined) throw new TemplateFailure(`variable ${name} is not defined`, 'declare it with :=');
  variable.value = value;
}

type Step = { readonly command: Command; readonly piped: Piped };

function evaluateCommand(state: State, dot: GoValue, { command, piped }: Step): GoValue {
  const { first, args } = command;
  const given: Arguments = { operands: args, piped, at: first.at };
  if (first.type === 'identifier') return callNamed(state, dot, { name: first.name, given });
  if ('names' in first && first.names.length > 0) return evaluateFields(state, dot, { operand: first, given });
  if (args.length > 0 || piped !== undefined)
    throw new TemplateFailure('something that is no function is given an argument');
  if (first.type === 'nil') throw new TemplateFailure('nil is no command');
  return evaluateOperand(state, dot, first);
}

/** The value of an operand of which no type is asked. */
function evaluateOperand(state: State, dot: GoValue, operand: Operand): GoValue {
  state.at = operand.at;
  const nothing: Arguments = { operands: [], piped: undefined, at: operand.at };
  switch (operand.type) {
    case 'dot':
      return dot;
    case 'nil':
      return null;
    case 'bool':
    case 'string':
      return operand.value;
    case 'number':
      return toConstant(operand);
    case 'pipe':
      return evaluateParenthesised(state, dot, operand);
    case 'identifier':
      return callNamed(state, dot, { name: operand.name, given: nothing });
    case 'variable':
      return operand.names.length === 0
        ? findVariable(state, operand.name)?.value
        : evaluateFields(state, dot, { operand, given: nothing });
    default:
      return evaluateFields(state, dot, { operand, given: nothing });
  }
}

function evaluateParenthesised(state: State, dot: GoValue, pipe: Pipe): GoValue {
  return state.environment.budget.descend(() => evaluatePipe(state, dot, pipe));
}

type FieldOperand = Extract<Operand, { readonly type: 'field' | 'variable' | 'chain' }>;
type Fields = { readonly operand: FieldOperand; readonly given: Arguments };

/** A chain of fields: arguments go to the last one. */
function evaluateFields(state: State, dot: GoValue, { operand, given }: Fields): GoValue {
  state.at = operand.at;
  let receiver = evaluateReceiver(state, dot, operand);
  for (const [index, name] of operand.names.entries()) {
    state.environment.budget.spend(1);
    state.at = operand.at;
    const isLast = index === operand.names.length - 1;
    const mine: Arguments = isLast ? given : { operands: [], piped: undefined, at: operand.at };
    receiver = evaluateField(state, dot, { receiver, name, given: mine });
  }
  return receiver;
}

function evaluateReceiver(state: State, dot: GoValue, operand: FieldOperand): GoValue {
  if (operand.type === 'field') return dot;
  if (operand.type === 'variable') return findVariable(state, operand.name)?.value;
  return evaluateOperand(state, dot, operand.node);
}

type Field = { readonly receiver: GoValue; readonly name: string; readonly given: Arguments };

function evaluateField(state: State, dot: GoValue, { receiver, name, given }: Field): GoValue {
  const member = findMember(receiver, name, state.missingKey);
  if ('method' in member) return callFunction(state, dot, { name, fn: member.method, given });
  if (given.operands.length > 0 || given.piped !== undefined)
    throw new TemplateFailure(`${name} is no function and is given an argument`);
  return member.value;
}

type NamedCall = { readonly name: string; readonly given: Arguments };

function callNamed(state: State, dot: GoValue, { name, given }: NamedCall): GoValue {
  const fn = state.functions[name];
  if (fn === undefined) throw new TemplateFailure(`there is no function "${name}"`);
  const call: Call = { name, fn, given };
  return name === 'and' || name === 'or' ? decide(state, dot, call) : callFunction(state, dot, call);
}

type Call = { readonly name: string; readonly fn: GoFunction; readonly given: Arguments };

/** `and` and `or` evaluate no more than they need. */
function decide(state: State, dot: GoValue, { name, fn, given }: Call): GoValue {
  checkCount(name, fn, given);
  let value: GoValue;
  for (const operand of given.operands) {
    value = evaluateOperand(state, dot, operand);
    if (isTrue(value) === (name === 'or')) return value;
  }
  return given.piped === undefined ? value : given.piped.value;
}

function callFunction(state: State, dot: GoValue, { name, fn, given }: Call): GoValue {
  state.at = given.at;
  checkCount(name, fn, given);
  const values = given.operands.map((operand, index) => {
    const parameter = parameterAt(fn, index);
    return explain(name, () => evaluateArgument(state, dot, { operand, parameter }));
  });
  state.at = given.at;
  const { piped } = given;
  if (piped !== undefined)
    values.push(explain(name, () => coerceValue(piped.value, parameterAt(fn, given.operands.length))));
  spendFor(state, values);
  return explain(name, () => fn.call(values, state.environment));
}

function parameterAt({ parameters, rest }: GoFunction, index: number): Parameter {
  return parameters[index] ?? rest ?? 'any';
}

function checkCount(name: string, { parameters, rest }: GoFunction, { operands, piped }: Arguments): void {
  const count = operands.length + (piped === undefined ? 0 : 1);
  const isEnough = rest === undefined ? count === parameters.length : count >= parameters.length;
  if (isEnough) return;
  const wanted = `${rest === undefined ? '' : 'at least '}${parameters.length}`;
  throw new TemplateFailure(`${name} wants ${wanted} arguments and is given ${count}`);
}

/** Work costs in proportion to the text that is worked on. */
function spendFor({ environment }: State, values: readonly unknown[]): void {
  const bytes = values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
  environment.budget.spend(1 + bytes / 256);
}

/** A failure inside of a function begins with its name. */
function explain<Result>(name: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof FunctionFailure) && error instanceof TemplateFailure)
      throw new FunctionFailure(`${name}: ${error.message}`, error.advice);
    throw error;
  }
}

class FunctionFailure extends TemplateFailure {}

type Argument = { readonly operand: Operand; readonly parameter: Parameter };

function evaluateArgument(state: State, dot: GoValue, { operand, parameter }: Argument): unknown {
  state.at = operand.at;
  switch (operand.type) {
    case 'nil':
    case 'bool':
    case 'string':
    case 'number':
      return coerceConstant(operand, parameter);
    default:
      return coerceValue(evaluateOperand(state, dot, operand), parameter);
  }
}
