type Asked<Answer> = { readonly question: string; readonly asked: Promise<Answer> };

/** Answers to equal questions: asked once while under way and for a while after, then forgotten. */
export class KeptAnswers<Answer> {
  readonly #keepMs: number;
  readonly #isKept: (answer: Answer) => boolean;
  readonly #answers = new Map<string, Promise<Answer>>();

  /** `isKept`: false for answers that must be asked for again. */
  constructor(keepMs: number, isKept: (answer: Answer) => boolean) {
    this.#keepMs = keepMs;
    this.#isKept = isKept;
  }

  ask(question: string, answer: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    const asked = answer();
    this.#answers.set(question, asked);
    asked.then(
      (given) => this.#forgetAfter({ question, asked }, this.#isKept(given) ? this.#keepMs : 0),
      () => this.#forgetAfter({ question, asked }, 0),
    );
    return asked;
  }

  /** Forgets all of them at once. */
  forget(): void {
    this.#answers.clear();
  }

  #forgetAfter({ question, asked }: Asked<Answer>, milliseconds: number): void {
    const forget = (): void => {
      if (this.#answers.get(question) === asked) this.#answers.delete(question);
    };
    if (milliseconds === 0) forget();
    else setTimeout(forget, milliseconds).unref();
  }
}
