const shown = '<secret>';

let open: (value: SecretValue) => Uint8Array;

/**
 * Bytes that nobody may see. Whatever prints, serialises, compares or inspects it gets a constant.
 * `mark` is a keyed hash of the bytes: equal for equal values of one installation, and nothing else can be learned from it.
 */
export class SecretValue {
  static {
    open = (value) => value.#bytes;
    Object.defineProperty(SecretValue.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: () => shown });
  }

  readonly #bytes: Uint8Array;
  readonly mark: string;

  constructor(bytes: Uint8Array, mark: string) {
    this.#bytes = bytes;
    this.mark = mark;
    Object.freeze(this);
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [Symbol.toPrimitive](): string {
    return shown;
  }
}

/** Makes a SecretValue of bytes, with the installation's mark. */
export type Conceal = (bytes: Uint8Array) => SecretValue;

/**
 * The bytes of a value. Only what resolves secrets and what sends them to a cluster may call it: the linter and a test
 * check who imports it.
 */
export function revealSecret(value: SecretValue): Uint8Array {
  return open(value);
}
