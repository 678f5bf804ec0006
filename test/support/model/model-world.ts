import type { ObjectStore } from '../../../shared/ports.ts';
import { keys } from '../../../shared/state/keys.ts';
import { type Fate, Interleaver } from './interleaver.ts';
import { MemoryCluster } from './memory-cluster.ts';
import { type Files, MemoryGit } from './memory-git.ts';
import { MemoryStore } from './memory-store.ts';
import { application, type Declaration, renderOf } from './model-application.ts';
import type { Outside } from './model-ports.ts';
import { ModelProcess } from './model-process.ts';
import { Watch } from './watch.ts';

/** What a test may put between the engine and the world, to see that it is noticed. */
export type Sabotage = { readonly store?: (store: ObjectStore) => ObjectStore };

/** More than any run that comes to an end. */
const mostSteps = 4_000;
/** Sleepers sleep a little longer than they have to when nothing else is left to do. */
const lateMs = 4_000;

/** One application, its repository, cluster and store, two processes that serve it, and people who run commands. */
export class ModelWorld {
  readonly memory: MemoryStore = new MemoryStore();
  readonly cluster: MemoryCluster = new MemoryCluster();
  readonly git: MemoryGit = new MemoryGit();
  readonly interleaver: Interleaver = new Interleaver();
  readonly trace: string[] = [];
  readonly watch: Watch;
  declaration: Declaration;
  /** The commits, oldest first. */
  readonly commits: { readonly sha: string; readonly files: Files }[] = [];
  readonly #outside: Outside;
  readonly #ended = new Set<string>();
  readonly #renders = new Map<string, Files[string][]>();
  readonly #rendersOf = new Map<string, readonly string[]>();
  readonly #servers = new Map<string, ModelProcess>();
  readonly #people: ModelProcess[] = [];
  #started = 0;

  constructor(declaration: Declaration, sabotage: Sabotage = {}) {
    this.declaration = declaration;
    const { memory, cluster, git, interleaver } = this;
    this.watch = new Watch({
      ...{ application, memory, cluster, git, interleaver },
      ended: this.#ended,
      rendersOf: (sha) => this.#rendersOf.get(sha) ?? [],
      manifestsOf: (digest) => this.#renders.get(digest),
    });
    const store = sabotage.store?.(memory) ?? memory;
    const tell = (line: string): void => void this.trace.push(line);
    this.#outside = { store, cluster, git, interleaver, watch: this.watch, tell };
  }

  push(files: Files): void {
    const sha = this.git.push(files);
    const renders = [false, true].map((leavesOutD) => renderOf(files, leavesOutD));
    for (const { digest, manifests } of renders) this.#renders.set(digest, [...manifests]);
    this.#rendersOf.set(
      sha,
      renders.map(({ digest }) => digest),
    );
    this.commits.push({ sha, files });
  }

  /** The process that serves under that name; a new one, when the last has been killed. */
  server(name: string): ModelProcess {
    const known = this.#servers.get(name);
    if (known !== undefined) return known;
    const process = this.#newProcess(name);
    this.#servers.set(name, process);
    return process;
  }

  /** A person's command, in a process of its own on the first server's machine. */
  person(): ModelProcess {
    const process = this.#newProcess('A');
    this.#people.push(process);
    return process;
  }

  async kill(name: string): Promise<void> {
    const killed = name === 'person' ? this.#people.splice(0) : [this.#servers.get(name)];
    this.#servers.delete(name);
    for (const process of killed) {
      if (process === undefined) continue;
      this.#ended.add(process.id);
      await this.interleaver.kill(process.errands);
    }
  }

  /** Lets one call happen, or, now and then and when there is none, the time pass. */
  async step(pick: number, fate: Fate): Promise<void> {
    const passes = pick % 16 === 15;
    if (passes && (await this.interleaver.pass(0))) return;
    if (!(await this.interleaver.step(pick, fate))) await this.interleaver.pass(0);
  }

  /** The process does nothing more until it is let on. */
  stall(name: string): void {
    const stalled = name === 'person' ? this.#people : [this.#servers.get(name)];
    for (const process of stalled) if (process !== undefined) this.interleaver.stalled.add(process.id);
  }

  /** All that were stalled go on where they were. */
  goOn(): void {
    this.interleaver.stalled.clear();
  }

  /** Lets everything that runs come to its end, undisturbed. */
  async drain(): Promise<void> {
    this.goOn();
    for (let step = 0; step < mostSteps; step += 1) {
      if (this.watch.violations.length > 0) return;
      if (await this.interleaver.step(0, 'made')) continue;
      if (!(await this.interleaver.pass(lateMs))) return;
    }
    this.watch.violations.push('the jobs come to no end');
  }

  /** The names of the snapshots in their places, oldest first. */
  snapshotNames(): readonly string[] {
    const prefix = keys.snapshotsOf(application);
    return this.memory.keysBelow(prefix).map((key) => key.slice(prefix.length).replace('.json.gz', ''));
  }

  manifestsOf(digest: string): readonly Files[string][] | undefined {
    return this.#renders.get(digest);
  }

  #newProcess(machine: string): ModelProcess {
    this.#started += 1;
    return new ModelProcess(`${machine}${this.#started}`, this.#outside, this.#ended);
  }
}
