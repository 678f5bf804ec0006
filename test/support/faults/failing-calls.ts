/** Calls into libraries, counted, of which one may be made to fail. */
export class FailingCalls {
  readonly #fail: () => Error;
  #made: string[] = [];
  #failAt = 0;

  /** `fail` makes the error that a library is to throw. */
  constructor(fail: () => Error) {
    this.#fail = fail;
  }

  /** Begins to count anew; the call of that number, from 1 on, will throw. 0: none. */
  arm(failAt: number): void {
    this.#made = [];
    this.#failAt = failAt;
  }

  /** The names of the calls since it was armed. */
  made(): readonly string[] {
    return this.#made;
  }

  /** A module, or anything in one: the same, with every call of its functions, and of methods of what its classes make, counted. */
  wrap<Value>(value: Value, name: string): Value {
    if (typeof value === 'function') return this.#wrapFunction(value as unknown as Callable, name) as Value;
    return isPlain(value) ? this.#wrapMembers(value, name) : value;
  }

  /** All exports of a module. */
  wrapModule<Module extends object>(module: Module, name: string): { readonly [exported: string]: unknown } {
    return Object.fromEntries(
      Object.entries(module).map(([key, member]) => [key, this.wrap(member as unknown, `${name} ${key}`)]),
    );
  }

  #wrapFunction(target: Callable, name: string): Callable {
    return new Proxy(target, {
      apply: (callable, self, args) => {
        this.#call(name);
        return Reflect.apply(callable, self, args);
      },
      construct: (made, args, newTarget) => {
        this.#call(`new ${name}`);
        return this.#wrapInstance(Reflect.construct(made, args, newTarget) as object, name);
      },
      get: (callable, key) => {
        const member: unknown = Reflect.get(callable, key);
        return key === 'prototype' || typeof key === 'symbol' || typeof member !== 'function'
          ? member
          : this.#wrapFunction(member.bind(callable) as Callable, `${name}.${key}`);
      },
    });
  }

  /** Methods are called on the thing itself, which may have private members. */
  #wrapInstance(target: object, name: string): object {
    if (target instanceof Error) return target;
    return new Proxy(target, {
      get: (instance, key) => {
        const member: unknown = Reflect.get(instance, key);
        if (typeof member !== 'function' || typeof key === 'symbol') return member;
        return (...args: readonly unknown[]): unknown => {
          this.#call(`${name}#${key}`);
          return Reflect.apply(member, instance, args);
        };
      },
    });
  }

  #wrapMembers<Value>(value: Value, name: string): Value {
    return new Proxy(value as object, {
      get: (members, key) => {
        const member: unknown = Reflect.get(members, key);
        return typeof key === 'symbol' ? member : this.wrap(member, `${name}.${key}`);
      },
    }) as Value;
  }

  #call(name: string): void {
    this.#made.push(name);
    if (this.#made.length === this.#failAt) throw this.#fail();
  }
}

type Callable = (...args: readonly unknown[]) => unknown;

function isPlain(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(Object.getPrototypeOf(value) ?? {}) === null
  );
}
