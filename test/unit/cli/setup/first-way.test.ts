import { describe, expect, it } from '@jest/globals';
import { firstWay, type Way } from '../../../../cli/setup/first-way.ts';

const closed = (name: string, reason: string): Way<string> => ({
  name,
  attempt: () => Promise.reject(new Error(reason)),
});
const open = (name: string): Way<string> => ({ name, attempt: () => Promise.resolve(name) });

describe('Ways to a program', () => {
  it('are tried in order, and none after the first that works', async () => {
    const tried: string[] = [];
    const seen = (way: Way<string>): Way<string> => {
      const attempt = (): Promise<string> => {
        tried.push(way.name);
        return way.attempt();
      };
      return { ...way, attempt };
    };
    const ways = [closed('cache', 'empty'), open('download'), open('build')].map(seen);
    expect(await firstWay('etcd', ways, 'wait')).toBe('download');
    expect(tried).toEqual(['cache', 'download']);
  });

  it('when all are closed, are named with their reasons and the way out', async () => {
    const attempt = firstWay(
      'etcd',
      [closed('download', 'no way to github.com'), closed('Go build', 'there is no program go')],
      'install Go',
    );
    await expect(attempt).rejects.toMatchObject({
      code: 'tool-unusable',
      message: 'cannot get etcd; tried\n  - download: no way to github.com\n  - Go build: there is no program go',
      hint: 'install Go',
    });
  });
});
