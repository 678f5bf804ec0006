/** A number that is written in a template, in every type that it fits. */
export type NumberNode = {
  readonly type: 'number';
  readonly at: number;
  readonly integer: bigint | undefined;
  readonly unsigned: bigint | undefined;
  readonly float: number | undefined;
  /** Written with a point or an exponent. */
  readonly isFloating: boolean;
};

/** What can be given to a function. */
export type Operand =
  | { readonly type: 'dot' | 'nil'; readonly at: number }
  | { readonly type: 'bool'; readonly at: number; readonly value: boolean }
  | { readonly type: 'string'; readonly at: number; readonly value: string }
  | { readonly type: 'identifier'; readonly at: number; readonly name: string }
  | { readonly type: 'field'; readonly at: number; readonly names: readonly string[] }
  | { readonly type: 'variable'; readonly at: number; readonly name: string; readonly names: readonly string[] }
  | { readonly type: 'chain'; readonly at: number; readonly node: Operand; readonly names: readonly string[] }
  | NumberNode
  | Pipe;

/** A function or value and what is given to it. */
export type Command = { readonly at: number; readonly first: Operand; readonly args: readonly Operand[] };

/** Commands of which each is given the result of the one before. */
export type Pipe = {
  readonly type: 'pipe';
  readonly at: number;
  readonly variables: readonly string[];
  readonly isAssignment: boolean;
  readonly commands: readonly Command[];
};

/** `if`, `with` and `range`: they share their shape. */
export type Branch = {
  readonly type: 'if' | 'with' | 'range';
  readonly at: number;
  readonly pipe: Pipe;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
};

/** What a template consists of. */
export type Statement =
  | { readonly type: 'text'; readonly at: number; readonly text: string }
  | { readonly type: 'action'; readonly at: number; readonly pipe: Pipe }
  | { readonly type: 'template'; readonly at: number; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly type: 'break' | 'continue'; readonly at: number }
  | Branch;

/** A template, and those that it defines. */
export type Tree = {
  readonly text: string;
  readonly root: readonly Statement[];
  readonly templates: ReadonlyMap<string, readonly Statement[]>;
};
