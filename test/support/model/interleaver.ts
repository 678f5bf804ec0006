/** What becomes of a call: it is made; or it fails before or after it took effect; or its compare-and-swap is said to be lost, before or after. */
export const fates = ['made', 'fails', 'answer lost', 'race lost', 'race lost though written'] as const;
export type Fate = (typeof fates)[number];

/** A run of a workflow by one process, the worker. */
export class Job {
  readonly name: string;
  readonly worker: string;
  isDead = false;
  isOver = false;

  constructor(name: string, worker: string) {
    this.name = name;
    this.worker = worker;
  }
}

type Turn = { readonly job: Job; readonly label: string; readonly resume: (fate: Fate) => void };
type Sleeper = { readonly job: Job; readonly due: number; readonly wake: () => void };

/** A look takes microseconds; a job that does not come to a call of a port in this time hangs. */
const longestMs = 10_000;

/**
 * Lets the calls of all running jobs happen one at a time, in the order that its caller picks. A job goes on from one call
 * to the next by itself, and until all jobs have come to a call nothing else happens: the same picks give the same run.
 */
export class Interleaver {
  /** Milliseconds since 1970; moves only when it is set, and when a sleeper is woken. */
  now: number = Date.UTC(2026, 0, 1);
  #turns: Turn[] = [];
  #sleepers: Sleeper[] = [];
  readonly #jobs = new Set<Job>();
  /** Workers that are asleep, as on a laptop that is shut: what they were about to do waits, and nothing tells them so. */
  readonly stalled: Set<string> = new Set();

  /** Starts a job; what it throws is passed to `failed`. */
  start(job: Job, work: () => Promise<unknown>, failed: (error: unknown) => void): void {
    this.#jobs.add(job);
    void work()
      .catch(failed)
      .finally(() => {
        job.isOver = true;
        this.#jobs.delete(job);
      });
  }

  /** Resolves when it is this call's turn; never, when the job is killed before. */
  turn(job: Job, label: string): Promise<Fate> {
    return new Promise((resume) => {
      if (!job.isDead) this.#turns.push({ job, label, resume });
    });
  }

  /** Resolves when the time is over and somebody lets it pass, or at once when the signal fires. */
  sleep(job: Job, milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake) => {
      if (job.isDead) return;
      if (signal?.aborted === true) return wake();
      const sleeper: Sleeper = { job, due: this.now + milliseconds, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        if (!job.isDead) wake();
      });
    });
  }

  /** Lets the picked call happen. False: nobody is about to call anything. */
  async step(pick: number, fate: Fate): Promise<boolean> {
    await this.settle();
    const turns = this.#turns.filter(({ job }) => !this.stalled.has(job.worker));
    const turn = turns[pick % Math.max(1, turns.length)];
    if (turn === undefined) return false;
    this.#turns = this.#turns.filter((each) => each !== turn);
    turn.resume(fate);
    await this.settle();
    return true;
  }

  /** Lets the time pass until the first sleeper wakes, and so many milliseconds more. False: nobody sleeps. */
  async pass(late: number): Promise<boolean> {
    await this.settle();
    const [first] = this.#sleepers.filter(({ job }) => !this.stalled.has(job.worker)).toSorted((a, b) => a.due - b.due);
    if (first === undefined) return false;
    this.#sleepers = this.#sleepers.filter((each) => each !== first);
    this.now = Math.max(this.now, first.due) + late;
    first.wake();
    await this.settle();
    return true;
  }

  /** Ends jobs at this instant: what they were about to call does not happen, and they never go on. */
  async kill(jobs: readonly Job[]): Promise<void> {
    await this.settle();
    for (const job of jobs) {
      job.isDead = true;
      this.#jobs.delete(job);
    }
    this.#turns = this.#turns.filter(({ job }) => !job.isDead);
    this.#sleepers = this.#sleepers.filter(({ job }) => !job.isDead);
  }

  get isIdle(): boolean {
    return this.#jobs.size === 0 && this.#turns.length === 0;
  }

  /** Waits until every process has come to a call, or has nothing to do. */
  async settle(): Promise<void> {
    const began = performance.now();
    do {
      await new Promise((resolve) => setImmediate(resolve));
      if (performance.now() - began > longestMs) throw new Error(`these jobs hang: ${this.#busy().join(', ')}`);
    } while (this.#busy().length > 0);
  }

  #busy(): readonly string[] {
    const waiting = new Set([...this.#turns, ...this.#sleepers].map(({ job }) => job.worker));
    return [...this.#jobs].filter(({ worker }) => !waiting.has(worker)).map(({ name }) => name);
  }
}
