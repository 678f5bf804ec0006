import { describe, expect, it } from '@jest/globals';
import type { Push } from '../../../shared/model/push.ts';
import { normaliseRepoURL } from '../../../shared/model/repo-url.ts';
import { parsePush } from '../../../shared/webhook/parse-push.ts';
import { bodyOf, type Edit, edited, providerOf, recorded, recordedNames } from './deliveries.ts';

/** What is read from a recorded delivery, with one change where asked. */
function parse(name: string, edit?: Edit): ReturnType<typeof parsePush> {
  const body = edit === undefined ? bodyOf(name) : edited(name, edit);
  return parsePush(providerOf(name), { headers: recorded(name).headers, body: Buffer.from(body) });
}

function pushOf(name: string, edit?: Edit): Push {
  const read = parse(name, edit);
  if ('malformed' in read) throw new Error(read.malformed);
  return read.push;
}

const moved = (name: string): Push['refs'][number] => ({ name, deleted: false });
const deleted = (name: string): Push['refs'][number] => ({ name, deleted: true });
const main = moved('refs/heads/main');
const tag = moved('refs/tags/v1.2.3');
const old = deleted('refs/heads/old');

describe('a delivery tells which refs moved', () => {
  it.each<{ name: string; refs: Push['refs'] }>([
    { name: 'github-push', refs: [main] },
    { name: 'github-push-forced', refs: [main] },
    { name: 'github-push-new-branch', refs: [moved('refs/heads/release/1.2')] },
    { name: 'github-push-tag', refs: [tag] },
    { name: 'github-push-deleted', refs: [old] },
    { name: 'github-create', refs: [moved('refs/tags/v1.3.0')] },
    { name: 'github-delete', refs: [deleted('refs/heads/release/1.2')] },
    { name: 'github-ping', refs: [] },
    { name: 'github-pull-request', refs: [] },
    { name: 'gitea-push', refs: [main] },
    { name: 'gitea-push-truncated', refs: [main] },
    { name: 'gitea-create', refs: [moved('refs/heads/topic')] },
    { name: 'gitea-delete', refs: [deleted('refs/heads/topic')] },
    { name: 'forgejo-push-tag', refs: [tag] },
    { name: 'gogs-push', refs: [main] },
    { name: 'gitlab-push', refs: [main] },
    { name: 'gitlab-push-renamed', refs: [main] },
    { name: 'gitlab-push-truncated', refs: [main] },
    { name: 'gitlab-push-deleted', refs: [old] },
    { name: 'gitlab-tag-push', refs: [tag] },
    { name: 'gitlab-system-push', refs: [main] },
    { name: 'gitlab-repository-update', refs: [main, old] },
    { name: 'gitlab-merge-request', refs: [] },
    { name: 'bitbucket-cloud-push', refs: [main, moved('refs/heads/release/1.2'), old, tag] },
    { name: 'bitbucket-cloud-fork', refs: [] },
    { name: 'bitbucket-server-refs-changed', refs: [main, tag, old] },
    { name: 'bitbucket-server-ping', refs: [] },
    { name: 'azure-devops-push', refs: [main, old] },
    { name: 'azure-devops-pull-request', refs: [] },
  ])('$name', ({ name, refs }) => {
    const push = pushOf(name);
    expect(push.refs).toEqual(refs);
    expect(push.provider).toBe(providerOf(name));
    expect(push.delivery).toMatch(/^[\da-f-]{36}$/);
  });

  it('for each recorded delivery', () => {
    for (const name of recordedNames) expect(parse(name)).toHaveProperty('push');
  });
});

describe('a delivery gives the repository in every spelling', () => {
  it.each<{ name: string; urls: readonly string[]; branch?: string }>([
    {
      name: 'github-push',
      urls: [
        'https://github.com/tidepool/deploy.git',
        'git@github.com:tidepool/deploy.git',
        'git://github.com/tidepool/deploy.git',
        'https://github.com/tidepool/deploy',
      ],
      branch: 'main',
    },
    {
      name: 'gitea-push',
      urls: [
        'https://git.example.org/tidepool/deploy.git',
        'ssh://git.example.org:2222/tidepool/deploy.git',
        'https://git.example.org/tidepool/deploy',
      ],
      branch: 'main',
    },
    {
      name: 'gitlab-push',
      urls: [
        'https://gitlab.example.org/tidepool/deploy.git',
        'git@gitlab.example.org:tidepool/deploy.git',
        'https://gitlab.example.org/tidepool/deploy',
      ],
      branch: 'main',
    },
    { name: 'bitbucket-cloud-push', urls: ['https://bitbucket.org/tidepool/deploy'] },
    {
      name: 'bitbucket-server-refs-changed',
      urls: [
        'ssh://bitbucket.example.org:7999/ops/deploy.git',
        'https://bitbucket.example.org/scm/ops/deploy.git',
        'https://bitbucket.example.org/projects/OPS/repos/deploy/browse',
      ],
    },
    { name: 'azure-devops-push', urls: ['https://dev.azure.com/tidepool/Ops/_git/deploy'], branch: 'main' },
  ])('$name', ({ name, urls, branch }) => {
    expect(pushOf(name).repoURLs).toEqual(urls);
    expect(pushOf(name).defaultBranch).toBe(branch);
  });

  it('without user names and passwords', () => {
    const { repoURLs } = pushOf('azure-devops-push', [
      'resource.repository.remoteUrl',
      'https://me:hunter2@dev.azure.com/a/b/_git/c',
    ]);
    expect(repoURLs).toEqual(['https://dev.azure.com/a/b/_git/c']);
  });

  it('that compares equal to the one in an Application', () => {
    const spellings = pushOf('github-push').repoURLs.map(normaliseRepoURL);
    expect(new Set(spellings)).toEqual(new Set(['github.com/tidepool/deploy']));
  });

  it('or is malformed when it gives none', () => {
    expect(parse('bitbucket-server-refs-changed', ['repository.links', {}])).toEqual({
      malformed: 'the payload gives no address of the repository',
    });
  });
});

describe('a delivery tells which files changed', () => {
  it.each([
    ['github-push', ['apps/edge/gateway.yaml', 'apps/gateway.yaml', 'apps/shop/values.yaml']],
    ['gitea-push', ['apps/shop/values.yaml', 'apps/edge/gateway.yaml']],
    ['gitlab-push', ['apps/edge/gateway.yaml', 'apps/shop/values.yaml', 'charts/old/Chart.yaml']],
  ])('when it lists them all: %s', (name, paths) => {
    expect([...(pushOf(name).changedPaths ?? [])].sort()).toEqual([...paths].sort());
  });

  it.each([
    ['the push is forced', 'github-push-forced'],
    ['the branch is new', 'github-push-new-branch'],
    ['it is a tag', 'github-push-tag'],
    ['the branch is gone', 'github-push-deleted'],
    ['the event has no commits', 'github-create'],
    ['only the newest commits are listed', 'gitea-push-truncated'],
    ['the number of commits is not told', 'gogs-push'],
    ['a file may have been renamed', 'gitlab-push-renamed'],
    ['only the newest commits are listed', 'gitlab-push-truncated'],
    ['the host never lists them', 'bitbucket-cloud-push'],
    ['the host never lists them', 'bitbucket-server-refs-changed'],
    ['the host never lists them', 'azure-devops-push'],
  ])('not when %s: %s', (_why, name) => {
    expect(pushOf(name)).not.toHaveProperty('changedPaths');
  });

  const listed = recorded('github-push').payload['commits'] as readonly object[];
  const commits = (count: number): Edit => [
    'commits',
    [...Array.from({ length: count - 1 }, () => listed[0]), listed[1]],
  ];
  const files = (count: number): Edit => ['commits.1.modified', Array.from({ length: count }, (_, at) => `f${at}`)];

  it.each<[string, Edit]>([
    ['a list is missing', ['commits.0.removed', undefined]],
    ['a list is null', ['commits.0.added', null]],
    ['the commits are missing', ['commits', undefined]],
    ['the newest commit is not listed', ['commits', listed.slice(0, 1)]],
    ['there are as many commits as are listed at most', commits(2048)],
    ['a commit has as many files as are listed at most', files(3000)],
    ['it is not told whether it is forced', ['forced', undefined]],
  ])('not when %s', (_why, edit) => {
    expect(pushOf('github-push', edit)).not.toHaveProperty('changedPaths');
  });

  it('up to one commit and one file less than are listed at most', () => {
    expect(pushOf('github-push', commits(2047)).changedPaths).toHaveLength(4 - 1);
    expect(pushOf('github-push', files(2999)).changedPaths).toHaveLength(2 + 2999);
  });
});

describe('a payload', () => {
  const malformed = (name: string, body: string | Uint8Array): unknown =>
    parsePush(providerOf(name), { headers: recorded(name).headers, body: Buffer.from(body) });

  it.each(['', '{', 'null,', '{"ref":}', '\u0000', Buffer.from([0x22, 0xff, 0x22]), 'undefined'])(
    'that is not JSON is malformed: %j',
    (body) => {
      expect(malformed('github-push', body)).toEqual({ malformed: 'the body is not JSON' });
    },
  );

  const pushes = recordedNames.filter((name) => pushOf(name).refs.length > 0);
  it.each(pushes)('of another type than an object is malformed: %s', (name) => {
    for (const body of ['null', '7', '"text"', '[]', '{}', 'true', '[{}]'])
      expect(malformed(name, body)).toEqual({
        malformed: expect.stringMatching(/^the payload has not the documented/),
      });
  });

  it.each<[string, string, Edit]>([
    ['github-push', 'repository', ['repository', 'hunter2']],
    ['github-push', 'repository.clone_url', ['repository.clone_url', { hunter2: 1 }]],
    ['github-push', 'repository.ssh_url', ['repository.ssh_url', 'git@host:\u001b[31mhunter2']],
    ['github-push', 'ref', ['ref', 'hunter2']],
    ['github-push', 'ref', ['ref', 'refs/heads/a\nhunter2']],
    ['github-push', 'commits.1.id', ['commits.1.id', ['hunter2']]],
    ['github-push', 'commits.0.added', ['commits.0.added', ['hunter2', 7]]],
    ['github-push', 'commits', ['commits', { hunter2: 7 }]],
    ['github-create', 'ref', ['ref', 'hunter 2']],
    ['gitlab-push', 'project', ['project', 7]],
    ['gitlab-push', 'its top', ['event_name', '']],
    ['gitlab-repository-update', 'changes.0', ['changes', ['hunter2']]],
    ['bitbucket-cloud-push', 'push.changes', ['push.changes', 'hunter2']],
    ['bitbucket-cloud-push', 'push.changes.0', ['push.changes', [{ new: null, old: null }]]],
    ['bitbucket-server-refs-changed', 'changes.0.type', ['changes.0.type', 'hunter2']],
    ['azure-devops-push', 'resource.refUpdates', ['resource.refUpdates', undefined]],
  ])('of another shape is malformed, and named by its field: %s at %s', (name, field, edit) => {
    const read = parse(name, edit);
    expect(read).toEqual({ malformed: `the payload has not the documented shape at ${field}` });
    expect(JSON.stringify(read)).not.toContain('hunter');
  });

  it('that is nested up to 64 levels is read, and malformed beyond', () => {
    const nested = (depth: number): string => {
      const inside = '['.repeat(depth - 1) + ']'.repeat(depth - 1);
      return bodyOf('github-push').replace('{', `{"more":${inside},`);
    };
    expect(malformed('github-push', nested(64))).toHaveProperty('push');
    expect(malformed('github-push', nested(65))).toEqual({ malformed: 'the body is nested deeper than 64 levels' });
    expect(malformed('github-push', '['.repeat(6_000_000))).toEqual({
      malformed: 'the body is nested deeper than 64 levels',
    });
  });

  it('may have brackets, quotes and commas in its texts', () => {
    const { refs } = pushOf('github-push', ['more', `${'[{'.repeat(100)}\\"${',"'.repeat(300_000)}`]);
    expect(refs).toEqual([main]);
  });

  it('with very many values is malformed', () => {
    for (const body of [`[${'1,'.repeat(3_000_000)}1]`, `[${'{},'.repeat(2_000_000)}1]`])
      expect(malformed('github-push', body)).toEqual({ malformed: 'the body has more than 250000 values' });
  });

  it('leaves the prototypes of objects alone', () => {
    const body = bodyOf('github-push').replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},',
    );
    expect(malformed('github-push', body)).toHaveProperty('push.refs', [main]);
    expect({}).not.toHaveProperty('polluted');
  });

  it.each(['constructor', '__proto__', 'toString', ''])('of the event "%s" moves nothing', (event) => {
    const headers = { ...recorded('github-push').headers, 'x-github-event': event };
    const body = Buffer.from(bodyOf('github-push'));
    expect(parsePush('github', { headers, body })).toMatchObject({ push: { refs: [] } });
  });

  it.each(['a b', 'a\u001b[31m', 'x'.repeat(200), ''])('keeps an id that cannot stand in a log to itself: %j', (id) => {
    const headers = { ...recorded('github-push').headers, 'x-github-delivery': id };
    const read = parsePush('github', { headers, body: Buffer.from(bodyOf('github-push')) });
    expect(read).not.toHaveProperty('push.delivery');
  });
});
