/**
 * Why a template cannot go on. The reason is written from Go's type names and names of the template's text, never from a value;
 * whoever knows the place turns it into a SecretError.
 */
export class TemplateFailure extends Error {
  readonly advice: string | undefined;

  constructor(reason: string, advice?: string) {
    super(reason);
    this.advice = advice;
  }
}
