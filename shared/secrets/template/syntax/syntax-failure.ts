/** A template that cannot be read, with the byte at which that shows. */
export class SyntaxFailure extends Error {
  readonly at: number;

  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
  }
}
