import { TemplateFailure } from '../go/failure.ts';
import { typeName } from '../go/type-name.ts';
import { type GoValue, toMap, toNilList } from '../go/value.ts';
import type { NumberNode, Operand } from '../syntax/node.ts';
import type { Parameter } from './go-function.ts';

const goNames: { readonly [parameter in Parameter]: string } = {
  any: 'interface {}',
  string: 'string',
  constant: 'text that is written in the template',
  int: 'int',
  uint32: 'uint32',
  float64: 'float64',
  bool: 'bool',
  dict: 'map[string]interface {}',
  list: '[]interface {}',
  time: 'time.Time',
  version: '*semver.Version',
  certificate: 'sprig.certificate',
};

const hints: { readonly [parameter in Parameter]?: string } = {
  int: 'convert it with int',
  string: 'convert it with toString',
};

/** A value as a parameter takes it. Go converts nothing: only the very type fits. */
export function coerceValue(value: GoValue, parameter: Parameter): unknown {
  if (parameter === 'any') return value ?? null;
  if (value === null || value === undefined) return coerceNil(parameter);
  if (parameter === 'constant' || typeName(value) !== goNames[parameter]) throw mismatch(typeName(value), parameter);
  if (typeof value === 'object' && (value.kind === 'integer' || value.kind === 'float')) return Number(value.value);
  return value;
}

function coerceNil(parameter: Parameter): unknown {
  if (parameter === 'dict') return toMap([]);
  if (parameter === 'list') return toNilList('interface {}');
  throw mismatch('nothing', parameter);
}

function mismatch(found: string, parameter: Parameter): TemplateFailure {
  return new TemplateFailure(`wants ${goNames[parameter]} and is given ${found}`, hints[parameter]);
}

/** A constant as a parameter takes it: a number fits every numeric type. */
export function coerceConstant(operand: Operand, parameter: Parameter): unknown {
  switch (operand.type) {
    case 'nil':
      return parameter === 'any' ? null : coerceNil(parameter);
    case 'bool':
      if (parameter === 'any' || parameter === 'bool') return operand.value;
      throw mismatch('a bool', parameter);
    case 'string':
      if (parameter === 'any' || parameter === 'string' || parameter === 'constant') return operand.value;
      throw mismatch('a string', parameter);
    case 'number':
      return coerceNumber(operand, parameter);
    default:
      throw mismatch('something else', parameter);
  }
}

function coerceNumber(node: NumberNode, parameter: Parameter): unknown {
  if (parameter === 'any') return toConstant(node);
  if (parameter === 'int' && node.integer !== undefined) return Number(node.integer);
  if (parameter === 'uint32' && node.unsigned !== undefined) return Number(BigInt.asUintN(32, node.unsigned));
  if (parameter === 'float64' && node.float !== undefined) return node.float;
  throw mismatch('a number', parameter);
}

/** What a number is when no type is asked for: an int, or a float64 where it is written as one. */
export function toConstant(node: NumberNode): GoValue {
  if (node.isFloating && node.float !== undefined) return { kind: 'float', value: node.float };
  if (node.integer === undefined) throw new TemplateFailure('a number is too large for a Go int');
  return { kind: 'integer', type: 'int', value: node.integer };
}
