type Job = () => Promise<void>;

/** Runs jobs of many applications at once: never two of one application, never more than `concurrency` in all. */
export class Fleet {
  readonly #concurrency: number;
  readonly #busy = new Set<string>();
  readonly #next = new Map<string, Job>();
  readonly #waiting: (() => void)[] = [];
  readonly #jobs = new Set<Promise<void>>();
  #running = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** Starts a job when there is room; false when the application is busy, and then the job does not run. */
  start(application: string, job: Job): boolean {
    if (this.#busy.has(application)) return false;
    this.#busy.add(application);
    const running = this.#run(job).finally(() => {
      this.#busy.delete(application);
      this.#jobs.delete(running);
      this.#startNext(application);
    });
    this.#jobs.add(running);
    return true;
  }

  /** Starts a job, or has it run when the application's present one is done. However often it is asked for meanwhile, it runs once. */
  demand(application: string, job: Job): void {
    if (!this.start(application, job)) this.#next.set(application, job);
  }

  /** True while a job waits for the application's present one to be done. */
  isDemanded(application: string): boolean {
    return this.#next.has(application);
  }

  /** Resolves when no job is left. */
  async idle(): Promise<void> {
    while (this.#jobs.size > 0) await Promise.all(this.#jobs);
  }

  #startNext(application: string): void {
    const next = this.#next.get(application);
    this.#next.delete(application);
    if (next !== undefined) this.start(application, next);
  }

  async #run(job: Job): Promise<void> {
    if (this.#running >= this.#concurrency) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      await job();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
