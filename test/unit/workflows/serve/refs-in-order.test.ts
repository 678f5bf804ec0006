import { describe, expect, it } from '@jest/globals';
import { type Head, newHead } from '../../../../shared/model/head.ts';
import type { GitHost } from '../../../../shared/ports.ts';
import { saveHead } from '../../../../shared/state/heads.ts';
import { probeOnce } from '../../../../shared/workflows/serve/probe-once.ts';
import { type RoundPorts, refsInOrder, standingsOf } from '../../../../shared/workflows/serve/refs-in-order.ts';
import { openMemoryBed } from '../../../support/memory-bed.ts';

const repository = 'https://git.example/shop.git';
const prefixes = ['refs/heads/main'];

/** A round over a Git that counts how often it is asked. */
function openRound() {
  const { ports, store } = openMemoryBed();
  let questions = 0;
  const git: GitHost = {
    openCommit: () => Promise.reject(new Error('no commit is wanted here')),
    listRefs: async () => {
      questions += 1;
      return [];
    },
  };
  const round: RoundPorts = { ...ports, git: probeOnce(git) };
  const moveHead = async (deployed: string): Promise<void> => {
    const head: Head = {
      ...newHead('shop', 'default', 'c'),
      deployed: { renderDigest: deployed, sources: [], at: '' },
    };
    const current = await store.get('heads/shop.json');
    await saveHead(store, head, current?.etag ?? 'absent');
  };
  return { round, git, store, moveHead, questions: () => questions };
}

type Round = ReturnType<typeof openRound>;

/** What a look asks that comes to its turn after another application's has asked the same. */
async function lookAfterAnother({ round, git }: Round, meanwhile: () => Promise<void>): Promise<void> {
  const stood = await standingsOf(['shop'], round);
  await round.git.listRefs(repository, prefixes);
  await meanwhile();
  const earlier = stood.get('shop');
  const since = (await standingsOf(['shop'], round)).get('shop') ?? '';
  const refs = refsInOrder('shop', { earlier, since, asked: round.git.asked() }, { round, fresh: git });
  await refs.listRefs(repository, prefixes);
}

describe('what a round has asked of Git', () => {
  it('serves all its applications with one question while nobody moves them', async () => {
    const opened = openRound();
    await lookAfterAnother(opened, async () => {});
    expect(opened.questions()).toBe(1);
  });

  it('is asked again for an application that somebody has moved since', async () => {
    const opened = openRound();
    await opened.moveHead('before');
    await lookAfterAnother(opened, () => opened.moveHead('after'));
    expect(opened.questions()).toBe(2);
  });

  it('is asked again for an application whose head could not be read before', async () => {
    const opened = openRound();
    await opened.store.put('heads/shop.json', new TextEncoder().encode('junk'));
    await lookAfterAnother(opened, async () => {
      await opened.store.delete('heads/shop.json');
    });
    expect(opened.questions()).toBe(2);
  });
});
