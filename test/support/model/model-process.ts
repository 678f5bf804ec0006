import { PlumbError } from '../../../shared/errors.ts';
import { defaultProject } from '../../../shared/model/project.ts';
import type { Ports } from '../../../shared/ports.ts';
import { listHeads } from '../../../shared/state/heads.ts';
import { Fleet } from '../../../shared/workflows/serve/fleet.ts';
import { type Followed, followCluster } from '../../../shared/workflows/serve/follow.ts';
import { probeOnce } from '../../../shared/workflows/serve/probe-once.ts';
import { refreshHealth } from '../../../shared/workflows/serve/refresh-health.ts';
import { scanCluster } from '../../../shared/workflows/serve/scan.ts';
import { lookAtGit, type Serving, start, supersede } from '../../../shared/workflows/serve/serving.ts';
import { Errand, type ErrandKind } from './errand.ts';
import { application, type Declaration, declare } from './model-application.ts';
import { modelPorts, type Outside } from './model-ports.ts';

/** One process. It may serve: then it remembers, as `serve` does, and works on the application once at a time. */
export class ModelProcess {
  readonly id: string;
  readonly #outside: Outside;
  readonly #serving: Serving;
  readonly #errands: Errand[] = [];
  readonly #hasEnded: (holder: string) => boolean;
  #current: Errand | undefined;

  constructor(id: string, outside: Outside, ended: ReadonlySet<string>) {
    this.id = id;
    this.#outside = outside;
    // Processes of one machine know of each other's end; those of another do not.
    this.#hasEnded = (holder) => ended.has(holder) && holder[0] === id[0];
    this.#serving = {
      fleet: new Fleet(4),
      options: { pollMs: 1, driftMs: 1, concurrency: 4, signal: new AbortController().signal, jitter: () => 0 },
      ports: this.#portsFor(() => this.#current as Errand),
      followed: new Map(),
      settled: new Map(),
      restless: new Set(),
      secretsRead: new Map(),
      inFlight: new Map(),
      restoring: async () => new Set(),
      rejected: new Set(),
    };
  }

  get errands(): readonly Errand[] {
    return this.#errands;
  }

  poll(declaration: Declaration): void {
    const serving = this.#serving;
    serving.followed = followedAs(declaration);
    if (this.#isBusy()) this.#lookMeanwhile();
    else this.#look();
  }

  #look(): void {
    const serving = this.#serving;
    // As for a whole round: Git is asked once.
    const ports = { ...serving.ports, git: probeOnce(serving.ports.git) };
    this.#begin('poll', async (errand) => {
      start(serving, application, (followed, signals) =>
        this.#honest(errand, () => lookAtGit(serving, followed, { ports, signals })),
      );
      await serving.fleet.idle();
    });
  }

  scan(declaration: Declaration): void {
    const serving = this.#serving;
    if (serving.followed.size === 0) serving.followed = followedAs(declaration);
    if (this.#isBusy()) return;
    const { ports } = serving;
    this.#begin('scan', async (errand) => {
      const { heads } = await listHeads(ports.store);
      const deployed = heads.map(({ head }) => head).filter((head) => head.deployed !== undefined);
      const moved = await scanCluster(deployed, await ports.clusters.open({ namespace: '', name: 'model' }));
      if (moved.length === 0) return;
      start(serving, application, (followed, signals) =>
        this.#honest(errand, () => followCluster(followed, ports, signals)),
      );
      await serving.fleet.idle();
    });
  }

  /** Looks again at what is not healthy yet. */
  refresh(): void {
    const serving = this.#serving;
    if (this.#isBusy() || !serving.restless.has(application)) return;
    this.#begin('health', async (errand) => {
      start(serving, application, ({ declared }) =>
        this.#honest(errand, () => refreshHealth(declared.application, serving.ports)),
      );
      await serving.fleet.idle();
    });
  }

  /** Does one thing by hand, as a command does. */
  run(kind: ErrandKind, work: (ports: Ports) => Promise<unknown>, revision?: string): void {
    this.#begin(kind, async (errand) => {
      errand.revision = revision;
      await work(this.#serving.ports);
    });
  }

  #lookMeanwhile(): void {
    const serving = this.#serving;
    const errand = new Errand(`${this.id} look`, { kind: 'look', worker: this.id });
    this.#start(errand, async () => {
      await supersede(
        serving,
        application,
        this.#portsFor(() => errand),
      );
      await serving.fleet.idle();
    });
  }

  #begin(kind: ErrandKind, work: (errand: Errand) => Promise<void>): void {
    const errand = new Errand(`${this.id} ${kind}`, { kind, worker: this.id });
    this.#current = errand;
    this.#start(errand, () => work(errand));
  }

  #start(errand: Errand, work: () => Promise<unknown>): void {
    this.#errands.push(errand);
    this.#outside.interleaver.start(errand, work, (error) => this.#judge(errand, error));
  }

  #isBusy(): boolean {
    return this.#errands.some(({ isOver }) => !isOver);
  }

  #portsFor(errand: () => Errand): Ports {
    return modelPorts(this.#outside, { worker: { id: this.id, hasEnded: this.#hasEnded }, errand });
  }

  /** What a job throws, `serve` only says. */
  async #honest<Result>(errand: Errand, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.#judge(errand, error);
      throw error;
    }
  }

  /** A failure that says what is wrong outside is none of the engine's; a corrupt store is, for nobody corrupts it here. */
  #judge(errand: Errand, error: unknown): void {
    const isExpected = error instanceof PlumbError && !unexpected.includes(error.code);
    const text = error instanceof PlumbError ? `${error.code}: ${error.message}` : String((error as Error).stack);
    this.#outside.tell(`    ${errand.name} fails: ${text.split('\n')[0]}`);
    if (!isExpected) this.#outside.watch.violated(errand, text);
  }
}

const unexpected: readonly string[] = ['store-corrupt', 'store-newer'];

function followedAs(declaration: Declaration): ReadonlyMap<string, Followed> {
  const followed = { declared: { application: declare(declaration), origin: 'the model' }, project: defaultProject };
  return new Map([[application, followed]]);
}
