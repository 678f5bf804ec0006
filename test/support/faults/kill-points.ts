/** A call through a port. `writes`: it may change something outside this process. */
export type PortCall = { readonly name: string; readonly writes: boolean };

/**
 * The moments of a run at which its death may leave another world behind: before and after each call.
 * The end of a call and the beginning of the next are one moment while no other call is under way. A read that was made
 * already since the last write, such as a look at an object that is waited for, is none: it leaves what the first one left.
 */
export class KillPoints {
  readonly #reach: (moment: string) => void;
  readonly #underWay: string[] = [];
  readonly #read: Set<string> = new Set();
  #isBetweenCalls = false;

  /** `reach` is told each moment, by what has just happened or is about to. */
  constructor(reach: (moment: string) => void) {
    this.#reach = reach;
  }

  /** Makes the call, with a moment before and after it. */
  async around<Result>(call: PortCall, make: () => Promise<Result>): Promise<Result> {
    if (!call.writes && this.#read.has(call.name)) return await make();
    this.#begin(call);
    try {
      return await make();
    } finally {
      this.#end(call);
    }
  }

  #begin({ name, writes }: PortCall): void {
    if (writes) this.#read.clear();
    else this.#read.add(name);
    if (!this.#isBetweenCalls) this.#pass(`before ${name}`);
    this.#underWay.push(name);
    this.#isBetweenCalls = false;
  }

  #end({ name, writes }: PortCall): void {
    if (writes) this.#read.clear();
    this.#underWay.splice(this.#underWay.indexOf(name), 1);
    this.#isBetweenCalls = this.#underWay.length === 0;
    this.#pass(`after ${name}`);
  }

  #pass(moment: string): void {
    const others = this.#underWay.length === 0 ? '' : `, during ${this.#underWay.join(', ')}`;
    this.#reach(`${moment}${others}`);
  }
}
