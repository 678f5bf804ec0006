import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Push } from '../../../../shared/model/push.ts';
import { PushInbox } from '../../../../shared/workflows/serve/push-inbox.ts';

const never: AbortSignal = new AbortController().signal;

function push(more: Partial<Push> = {}): Push {
  return {
    provider: 'gitea',
    repoURLs: ['https://git.example/shop.git'],
    refs: [{ name: 'refs/heads/main', deleted: false }],
    ...more,
  };
}

const branch = (name: string, deleted = false): Push['refs'] => [{ name: `refs/heads/${name}`, deleted }];
const other = ['https://git.example/other.git'];

async function taken(...pushes: readonly Push[]): Promise<readonly Push[]> {
  const inbox = new PushInbox();
  for (const each of pushes) inbox.put(each);
  return inbox.take(never);
}

describe('Pushes that wait', () => {
  it('become one for each repository, in the order of their first', async () => {
    const pushes = await taken(push(), push({ repoURLs: other }), push());
    expect(pushes).toEqual([push(), push({ repoURLs: other })]);
  });

  it('keep every ref, and the last word on each', async () => {
    const pushes = await taken(
      push({ refs: branch('a') }),
      push({ refs: branch('b', true) }),
      push({ refs: branch('a', true) }),
      push({ refs: branch('b') }),
    );
    expect(pushes).toEqual([push({ refs: [...branch('a', true), ...branch('b')] })]);
  });

  it('keep every changed path once, until one push does not know its own', async () => {
    const [known] = await taken(push({ changedPaths: ['a', 'b'] }), push({ changedPaths: ['b', 'c'] }));
    expect(known?.changedPaths).toEqual(['a', 'b', 'c']);
    const pushes = [push({ changedPaths: ['a'] }), push(), push({ changedPaths: ['c'] })];
    for (const order of [pushes, pushes.toReversed()]) {
      const [unknown] = await taken(...order);
      expect(unknown).not.toHaveProperty('changedPaths');
    }
  });

  it('keep the default branch and the delivery that came last', async () => {
    const [both] = await taken(push({ defaultBranch: 'main', delivery: '1' }), push({ delivery: '2' }));
    expect(both).toMatchObject({ defaultBranch: 'main', delivery: '2' });
  });

  it('are taken once', async () => {
    const inbox = new PushInbox();
    inbox.put(push());
    expect(await inbox.take(never)).toHaveLength(1);
    inbox.put(push({ repoURLs: other }));
    expect(await inbox.take(never)).toEqual([push({ repoURLs: other })]);
  });

  it('are not there without a ref', async () => {
    const inbox = new PushInbox();
    inbox.put(push({ refs: [] }));
    inbox.put(push());
    expect(await inbox.take(never)).toHaveLength(1);
  });

  it('lose nothing by waiting: whatever one of them tells, the merged ones tell', async () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const some = fc.record({
      repository: fc.constantFrom('x', 'y'),
      ref: name,
      paths: fc.option(fc.array(name), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(some, { minLength: 1 }), async (told) => {
        const merged = await taken(
          ...told.map(({ repository, ref, paths }) =>
            push({
              repoURLs: [repository],
              refs: branch(ref),
              ...(paths === undefined ? {} : { changedPaths: paths }),
            }),
          ),
        );
        for (const { repository, ref, paths } of told) {
          const found = merged.filter(({ repoURLs }) => repoURLs[0] === repository);
          expect(found).toHaveLength(1);
          expect(found[0]?.refs).toContainEqual(branch(ref)[0]);
          const changed = found[0]?.changedPaths;
          if (changed !== undefined) expect(changed).toEqual(expect.arrayContaining([...(paths ?? ['unknown'])]));
        }
      }),
    );
  });
});

describe('Whoever waits for a push', () => {
  it('is woken by the first, and by one without a ref is not', async () => {
    const inbox = new PushInbox();
    const waiting = inbox.take(never);
    inbox.put(push({ refs: [] }));
    inbox.put(push());
    expect(await waiting).toEqual([push()]);
  });

  it('is let go with nothing when it is to end, and a later push is kept', async () => {
    const inbox = new PushInbox();
    const end = new AbortController();
    const waiting = inbox.take(end.signal);
    end.abort();
    expect(await waiting).toEqual([]);
    expect(await inbox.take(end.signal)).toEqual([]);
    inbox.put(push());
    expect(await inbox.take(never)).toEqual([push()]);
  });

  it('leaves no listener on the signal, however often it waits', async () => {
    const inbox = new PushInbox();
    const listeners = new Set<unknown>();
    const signal = Object.assign(new AbortController().signal, {
      addEventListener: (_type: string, listener: unknown) => void listeners.add(listener),
      removeEventListener: (_type: string, listener: unknown) => void listeners.delete(listener),
    });
    for (let round = 0; round < 20; round += 1) {
      const waiting = inbox.take(signal);
      inbox.put(push());
      await waiting;
    }
    expect(listeners.size).toBe(0);
  });
});

describe('What waits is bounded:', () => {
  it('10,000 repositories, of which the oldest wait for the next look', async () => {
    const pushes = await taken(...Array.from({ length: 10_010 }, (_, index) => push({ repoURLs: [`r${index}`] })));
    expect(pushes).toHaveLength(10_000);
    expect(pushes.at(0)?.repoURLs).toEqual(['r10']);
    expect(pushes.at(-1)?.repoURLs).toEqual(['r10009']);
  });

  it('10,000 changed paths of a repository, and with more anything may have changed', async () => {
    const paths = (from: number, count: number): readonly string[] =>
      Array.from({ length: count }, (_, index) => `file-${from + index}`);
    const [most] = await taken(push({ changedPaths: paths(0, 5_000) }), push({ changedPaths: paths(5_000, 5_000) }));
    expect(most?.changedPaths).toHaveLength(10_000);
    const [more] = await taken(push({ changedPaths: paths(0, 5_000) }), push({ changedPaths: paths(5_000, 5_001) }));
    expect(more).not.toHaveProperty('changedPaths');
  });

  it('10,000 refs of a repository, the newest', async () => {
    const refs = (from: number): Push['refs'] =>
      Array.from({ length: 6_000 }, (_, index) => ({ name: `refs/heads/b${from + index}`, deleted: false }));
    const [both] = await taken(push({ refs: refs(0) }), push({ refs: refs(6_000) }));
    expect(both?.refs).toHaveLength(10_000);
    expect(both?.refs.at(-1)?.name).toBe('refs/heads/b11999');
  });
});
