import fc from 'fast-check';
import type { PinLimit } from '../../../shared/model/pin.ts';
import { defaultProject } from '../../../shared/model/project.ts';
import { collectGarbage } from '../../../shared/workflows/garbage/collect-garbage.ts';
import { rollbackApplication } from '../../../shared/workflows/rollback/rollback.ts';
import { unpinApplication } from '../../../shared/workflows/rollback/unpin.ts';
import { syncApplication } from '../../../shared/workflows/sync/sync.ts';
import { type Fate, fates } from './interleaver.ts';
import { meddle, meddlings } from './meddle.ts';
import { application, type Content, declare, filesOf, type ObjectName, objectNames } from './model-application.ts';
import type { ModelWorld } from './model-world.ts';

/** What somebody does; jobs go on in the background. */
export type Deed =
  | { readonly do: 'push'; readonly content: Content }
  | { readonly do: 'push again'; readonly commit: number }
  | { readonly do: 'poll' | 'scan' | 'refresh'; readonly who: 'A' | 'B' }
  | { readonly do: 'sync'; readonly commit?: number | undefined; readonly only?: ObjectName | undefined }
  | { readonly do: 'rollback'; readonly until: PinLimit; readonly to?: number | undefined }
  | { readonly do: 'unpin' | 'redeclare' }
  | { readonly do: 'collect'; readonly keepLast: number }
  | { readonly do: 'meddle'; readonly how: (typeof meddlings)[number]; readonly name: ObjectName }
  | { readonly do: 'kill' | 'stall'; readonly who: 'A' | 'B' | 'person' }
  | { readonly do: 'go on' }
  | { readonly do: 'wait'; readonly seconds: number };

/** A deed, and what happens until the next one: so many calls, in an order that the seed tells (0: the oldest first), one of which may fail. */
export type Command = {
  readonly deed: Deed;
  readonly calls: number;
  readonly seed: number;
  readonly fault?: { readonly at: number; readonly fate: Fate } | undefined;
};

const who = fc.constantFrom('A' as const, 'B' as const);
const name = fc.constantFrom(...objectNames);
const value = fc.constantFrom('1', '22', '333', undefined, '4444', '1', '22', 'refuse');
const content = fc.record({ a: value, web: value, c: value, d: value });

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('go on' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('push' as const), content }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('push again' as const), commit: fc.nat(5) }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('poll' as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('scan' as const, 'refresh' as const, 'scan' as const), who }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('sync' as const),
      commit: fc.option(fc.nat(5), { nil: undefined, freq: 3 }),
      only: fc.option(name, { nil: undefined, freq: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('rollback' as const),
      until: fc.constantFrom('git-moves' as const, 'unpinned' as const),
      to: fc.option(fc.nat(5), { nil: undefined, freq: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('unpin' as const, 'redeclare' as const, 'unpin' as const) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('collect' as const), keepLast: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('meddle' as const), how: fc.constantFrom(...meddlings), name }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('kill' as const, 'stall' as const),
      who: fc.constantFrom('A', 'B', 'person'),
    }) as fc.Arbitrary<Deed>,
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(20, 120, 600, -300) }),
  },
);

export const command: fc.Arbitrary<Command> = fc.record({
  deed,
  calls: fc.nat(45),
  seed: fc.nat(1_000),
  fault: fc.option(fc.record({ at: fc.nat(20), fate: fc.constantFrom(...fates) }), { nil: undefined, freq: 4 }),
});

type Doer<Do extends Deed['do']> = (
  world: ModelWorld,
  deed: Extract<Deed, { readonly do: Do }>,
) => void | Promise<void>;
type Doers = { readonly [Do in Deed['do']]: (world: ModelWorld, deed: never) => void | Promise<void> };

const pushAgain: Doer<'push again'> = (world, { commit }) => {
  const files = commitAt(world, commit)?.files;
  if (files !== undefined) world.push(files);
};

const sync: Doer<'sync'> = (world, { commit, only }) => {
  const revision = commit === undefined ? undefined : commitAt(world, commit)?.sha;
  const request = {
    application: declare(world.declaration),
    project: defaultProject,
    reason: 'manual' as const,
    prune: true,
    ...(revision === undefined ? {} : { revision }),
    ...(only === undefined ? {} : { resources: [`*:*:${only}`] }),
  };
  world.person().run('sync', (ports) => syncApplication(request, ports), revision);
};

const rollback: Doer<'rollback'> = (world, { until, to }) => {
  const names = world.snapshotNames();
  const snapshot = to === undefined ? undefined : names[to % Math.max(1, names.length)];
  const request = {
    ...{ application: declare(world.declaration), project: defaultProject, until },
    ...(snapshot === undefined ? {} : { snapshot }),
  };
  world.person().run('rollback', (ports) => rollbackApplication(request, ports));
};

const doers: Doers = {
  push: (world, { content: pushed }: Extract<Deed, { do: 'push' }>) => world.push(filesOf(pushed)),
  'push again': pushAgain,
  poll: (world, by: { readonly who: string }) => world.server(by.who).poll(world.declaration),
  scan: (world, by: { readonly who: string }) => world.server(by.who).scan(world.declaration),
  refresh: (world, by: { readonly who: string }) => world.server(by.who).refresh(),
  sync,
  rollback,
  unpin: (world) => world.person().run('unpin', (ports) => unpinApplication(application, ports)),
  redeclare: (world) => {
    world.declaration = { ...world.declaration, leavesOutD: !world.declaration.leavesOutD };
  },
  collect: (world, { keepLast }: Extract<Deed, { do: 'collect' }>) =>
    world.person().run('collect', (ports) => collectGarbage({ policy: { keepLast, keepWithinMs: 0 } }, ports)),
  meddle: (world, { how, name: object }: Extract<Deed, { do: 'meddle' }>) => meddle(world.cluster, how, object),
  stall: (world, by: { readonly who: string }) => world.stall(by.who),
  'go on': (world) => world.goOn(),
  kill: (world, by: { readonly who: string }) => world.kill(by.who),
  wait: (world, { seconds }: Extract<Deed, { do: 'wait' }>) => {
    world.interleaver.now += seconds * 1_000;
  },
};

/** Does a deed; its jobs go on with every call that the world lets happen. */
export async function perform(world: ModelWorld, asked: Deed): Promise<void> {
  world.trace.push(describe(asked));
  await doers[asked.do](world, asked as never);
}

function describe({ do: what, ...how }: Deed): string {
  return `${what} ${JSON.stringify(how)}`;
}

function commitAt({ commits }: ModelWorld, index: number): ModelWorld['commits'][number] | undefined {
  return commits[index % Math.max(1, commits.length)];
}
