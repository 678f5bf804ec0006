import { describe, expect, it } from '@jest/globals';
import type { Head } from '../../../shared/model/head.ts';
import { type InGit, wantedSource } from '../../../shared/plan/wanted-source.ts';
import { pinTo, refusalOf, sourcesOf } from './heads.ts';
import { shop } from './samples.ts';

const inGit = (renderDigest: string, given: Partial<InGit> = {}): InGit => ({
  renderDigest,
  sources: sourcesOf(renderDigest),
  declared: shop.sources,
  ...given,
});

const pin = pinTo('A');
const forGood = pinTo('A', { until: 'unpinned' });
const refused = [refusalOf('B')];
type Standing = Pick<Head, 'pin' | 'refused'>;
const otherPath = [{ repoURL: 'https://git.example/shop.git', path: 'other', targetRevision: 'main' }];

describe('what an application shall be', () => {
  it.each<[what: string, standing: Standing, git: InGit, wanted: ReturnType<typeof wantedSource>]>([
    ['Git, where nothing stands against it', { refused: [] }, inGit('B'), { from: 'git', endsPin: false }],
    ['Git, where something else was refused', { refused }, inGit('C'), { from: 'git', endsPin: false }],
    ['the snapshot, while Git wants what was refused', { pin, refused }, inGit('B'), { from: 'snapshot', pin }],
    [
      'the snapshot, when a commit beside it renders the same',
      { pin, refused },
      inGit('B', { sources: sourcesOf('C') }),
      { from: 'snapshot', pin },
    ],
    [
      'the snapshot, when a new tool renders the same commit otherwise',
      { pin, refused },
      inGit('B2', { sources: sourcesOf('B') }),
      { from: 'snapshot', pin },
    ],
    ['Git, when it moves on; the pin ends', { pin, refused }, inGit('C'), { from: 'git', endsPin: true }],
    [
      'Git, when it goes back to what is pinned; the pin ends',
      { pin, refused },
      inGit('A'),
      { from: 'git', endsPin: true },
    ],
    [
      'Git, when the Application points elsewhere in the same commit',
      { pin, refused },
      inGit('C', { sources: sourcesOf('B'), declared: otherPath }),
      { from: 'git', endsPin: true },
    ],
    [
      'the snapshot, whatever Git says, until it is unpinned',
      { pin: forGood, refused: [] },
      inGit('C'),
      { from: 'snapshot', pin: forGood },
    ],
    [
      'what is deployed, when Git goes back to what was refused',
      { refused },
      inGit('B'),
      { from: 'deployed', refusal: refusalOf('B') },
    ],
    [
      'what is deployed, when Git goes back to any that was refused',
      { refused: [...refused, refusalOf('C')] },
      inGit('B'),
      { from: 'deployed', refusal: refusalOf('B') },
    ],
    [
      'the snapshot, when Git wants what an earlier rollback refused',
      { pin, refused: [...refused, refusalOf('C')] },
      inGit('B'),
      { from: 'snapshot', pin },
    ],
  ])('is %s', (_, standing, git, wanted) => expect(wantedSource(standing, git)).toEqual(wanted));
});
