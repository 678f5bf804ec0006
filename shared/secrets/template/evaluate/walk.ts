import { TemplateFailure } from '../go/failure.ts';
import { formatPrinted } from '../go/format-value.ts';
import { isTrue } from '../go/truth.ts';
import { typeName } from '../go/type-name.ts';
import { type GoInteger, type GoMap, type GoValue, sortedKeys, toInt } from '../go/value.ts';
import type { Branch, Statement } from '../syntax/node.ts';
import { assignVariable, evaluatePipe } from './pipeline.ts';
import type { State } from './state.ts';

/** How statements end before the last one. */
type Leave = 'break' | 'continue' | undefined;

/** Runs statements; what they print is added to the state's output. */
export function runStatements(state: State, dot: GoValue, statements: readonly Statement[]): Leave {
  for (const statement of statements) {
    state.at = statement.at;
    state.environment.budget.spend(1);
    const leave = runStatement(state, dot, statement);
    if (leave !== undefined) return leave;
  }
  return undefined;
}

function runStatement(state: State, dot: GoValue, statement: Statement): Leave {
  switch (statement.type) {
    case 'text':
      write(state, statement.text);
      return undefined;
    case 'action': {
      const value = evaluatePipe(state, dot, statement.pipe);
      if (statement.pipe.variables.length === 0) write(state, formatPrinted(value, state.environment.budget));
      return undefined;
    }
    case 'template':
      runTemplate(state, dot, statement);
      return undefined;
    case 'break':
    case 'continue':
      return statement.type;
    case 'range':
      return inScope(state, () => runRange(state, dot, statement));
    default:
      return inScope(state, () => runChoice(state, dot, statement));
  }
}

function write(state: State, text: string): void {
  state.written += text.length;
  state.environment.budget.limitBytes(state.written);
  state.output.push(text);
}

/** Variables that `work` declares are gone behind it. */
function inScope(state: State, work: () => Leave): Leave {
  const count = state.variables.length;
  try {
    return work();
  } finally {
    state.variables.length = count;
  }
}

function runChoice(state: State, dot: GoValue, { type, pipe, body, otherwise }: Branch): Leave {
  const value = evaluatePipe(state, dot, pipe);
  if (!isTrue(value)) return runStatements(state, dot, otherwise);
  return runStatements(state, type === 'with' ? value : dot, body);
}

type Call = Extract<Statement, { readonly type: 'template' }>;

function runTemplate(state: State, dot: GoValue, { name, pipe, at }: Call): void {
  const body = state.templates.get(name);
  if (body === undefined)
    throw new TemplateFailure('it calls a template that is not defined', 'add {{define "name"}}…{{end}}');
  const value = pipe === undefined ? undefined : evaluatePipe(state, dot, pipe);
  const variables = state.variables;
  state.at = at;
  state.environment.budget.descend(() => {
    state.variables = [{ name: '$', value }];
    runStatements(state, value, body);
    state.variables = variables;
  });
}

function runRange(state: State, dot: GoValue, branch: Branch): Leave {
  const value = evaluatePipe(state, dot, branch.pipe);
  const scope = state.variables.length;
  let isEmpty = true;
  for (const [index, item] of itemsOf(value, branch)) {
    isEmpty = false;
    state.environment.budget.spend(1);
    setLoopVariables(state, branch, { index, item });
    const leave = runStatements(state, item, branch.body);
    state.variables.length = scope;
    if (leave === 'break') return undefined;
  }
  return isEmpty ? runStatements(state, dot, branch.otherwise) : undefined;
}

type Turn = { readonly index: GoValue; readonly item: GoValue };

function setLoopVariables(state: State, { pipe }: Branch, { index, item }: Turn): void {
  const [first, second] = pipe.variables;
  if (first === undefined) return;
  const values: readonly (readonly [string, GoValue])[] =
    second === undefined
      ? [[first, item]]
      : [
          [first, index],
          [second, item],
        ];
  for (const [name, value] of values) assignVariable(state, name, value);
}

function itemsOf(value: GoValue, { pipe }: Branch): Iterable<readonly [GoValue, GoValue]> {
  if (value === null || value === undefined) return [];
  if (typeof value === 'object' && value.kind === 'list')
    return value.items.map((item, index) => [toInt(index), item] as const);
  if (typeof value === 'object' && value.kind === 'map') return entriesOf(value);
  if (typeof value === 'object' && value.kind === 'integer' && pipe.variables.length < 2) return countTo(value);
  throw new TemplateFailure(`range cannot go through a ${typeName(value)}`, 'give it a list, a dict or a number');
}

function entriesOf(map: GoMap): Iterable<readonly [GoValue, GoValue]> {
  return sortedKeys(map).map((key) => [key, map.entries.get(key)] as const);
}

function* countTo({ type, value }: GoInteger): Iterable<readonly [GoValue, GoValue]> {
  for (let count = 0n; count < value; count += 1n) yield [undefined, { kind: 'integer', type, value: count }];
}
