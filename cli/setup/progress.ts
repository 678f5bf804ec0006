/** Where progress is written; a terminal gets one line that moves, anything else plain lines. */
export type ProgressOutput = { write(text: string): unknown; readonly isTTY?: boolean };

export type ProgressStep = {
  readonly title: string;
  /** How long it takes on two cores or a usual line; shown to the person. */
  readonly seconds: number;
};

export type Progress = {
  /** Shows the step only if it takes longer than a second. `detail` is what to add to the line, such as a percentage. */
  run<T>(step: ProgressStep, work: (detail: (text: string) => void) => Promise<T>): Promise<T>;
  note(text: string): void;
};

const silentMs = 1_000;
const terminalBeatMs = 500;
const plainBeatMs = 20_000;

/** Progress of long set-up steps: what is done, for how long now, and how long it usually takes. */
export function createProgress(output: ProgressOutput): Progress {
  return {
    note: (text) => output.write(`${text}\n`),
    run: async (step, work) => {
      const line = new ProgressLine(output, step);
      try {
        const result = await work((text) => line.setDetail(text));
        line.end('done');
        return result;
      } catch (error) {
        line.end('failed');
        throw error;
      }
    },
  };
}

/** Says nothing; for tests and programs whose output is read by programs. */
export const silentProgress: Progress = { note: () => {}, run: (_step, work) => work(() => {}) };

class ProgressLine {
  readonly #output: ProgressOutput;
  readonly #step: ProgressStep;
  readonly #startedAt = Date.now();
  readonly #first: NodeJS.Timeout;
  #beat: NodeJS.Timeout | undefined;
  #detail = '';

  constructor(output: ProgressOutput, step: ProgressStep) {
    this.#output = output;
    this.#step = step;
    this.#first = setTimeout(() => this.#show(), silentMs);
  }

  setDetail(text: string): void {
    this.#detail = text;
  }

  end(outcome: 'done' | 'failed'): void {
    clearTimeout(this.#first);
    if (this.#beat === undefined) return;
    clearInterval(this.#beat);
    const start = this.#output.isTTY ? '\r\x1b[K' : '';
    this.#output.write(`${start}${this.#step.title}: ${outcome} in ${toDuration(this.#elapsed())}\n`);
  }

  #show(): void {
    this.#print();
    this.#beat = setInterval(() => this.#print(), this.#output.isTTY ? terminalBeatMs : plainBeatMs);
  }

  #print(): void {
    const detail = this.#detail === '' ? '' : `, ${this.#detail}`;
    const text = `${this.#step.title}: ${toDuration(this.#elapsed())} of about ${toDuration(this.#step.seconds)}${detail}`;
    this.#output.write(this.#output.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  }

  #elapsed(): number {
    return (Date.now() - this.#startedAt) / 1000;
  }
}

/** Seconds as a person says them: `42 s`, `3:05 min`. */
export function toDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}
