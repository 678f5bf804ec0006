import type { GoCertificate, GoList, GoMap, GoTime, GoValue, GoVersion } from '../go/value.ts';
import type { Environment } from './environment.ts';

/** What each type of parameter is in JavaScript. */
export type ParameterTypes = {
  readonly any: GoValue;
  readonly string: string;
  /** A string type of its own in Go, which takes nothing but text that is written in the template. */
  readonly constant: string;
  readonly int: number;
  readonly uint32: number;
  readonly float64: number;
  readonly bool: boolean;
  readonly dict: GoMap;
  readonly list: GoList;
  readonly time: GoTime;
  readonly version: GoVersion;
  readonly certificate: GoCertificate;
};

/** The Go type of a parameter. */
export type Parameter = keyof ParameterTypes;

type Tuple<Parameters extends readonly Parameter[]> = {
  readonly [Index in keyof Parameters]: ParameterTypes[Parameters[Index]];
};

/** A function that templates can call; its arguments are checked against its parameters before. */
export type GoFunction = {
  readonly parameters: readonly Parameter[];
  /** The type of all further arguments. */
  readonly rest?: Parameter;
  readonly call: (values: readonly unknown[], environment: Environment) => GoValue;
};

/** Functions by their names. */
export type FunctionTable = { readonly [name: string]: GoFunction };

/** A function of a fixed number of arguments. */
export function fixed<const Parameters extends readonly Parameter[]>(
  parameters: Parameters,
  call: (values: Tuple<Parameters>, environment: Environment) => GoValue,
): GoFunction {
  // What calls it has checked the values against the parameters.
  return { parameters, call: call as GoFunction['call'] };
}

/** A function whose last parameter takes any number of arguments. */
export function variadic<const Parameters extends readonly Parameter[], const Rest extends Parameter>(
  signature: { readonly parameters: Parameters; readonly rest: Rest },
  call: (values: Tuple<Parameters>, more: readonly ParameterTypes[Rest][], environment: Environment) => GoValue,
): GoFunction {
  const { parameters, rest } = signature;
  return {
    parameters,
    rest,
    call: (values, environment) =>
      call(
        values.slice(0, parameters.length) as unknown as Tuple<Parameters>,
        values.slice(parameters.length) as ParameterTypes[Rest][],
        environment,
      ),
  };
}
