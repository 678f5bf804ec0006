import { describe, expect, it } from '@jest/globals';
import type { Push } from '../../../../shared/model/push.ts';
import type { Clock, Progress } from '../../../../shared/ports.ts';
import { receivePush } from '../../../../shared/workflows/serve/receive-push.ts';
import { bodyOf, edited, now, signed } from '../../webhook/deliveries.ts';

const clock: Clock = { now: () => now, sleep: async () => {} };
const secret = 'a secret of the tests';

function receiver() {
  const pushes: Push[] = [];
  const said: Progress[] = [];
  const receiving = {
    secrets: { github: [secret], gitea: [secret] },
    clock,
    reporter: { report: (event: Progress) => void said.push(event) },
    put: (push: Push) => void pushes.push(push),
  };
  const receive = (delivery: Parameters<typeof receivePush>[0]) => receivePush(delivery, receiving);
  return { receive, receiving, pushes, said };
}

describe('A delivery', () => {
  it('that is signed is put where pushes wait, told in the log, and answered with 202', async () => {
    const { receive, pushes, said } = receiver();
    expect(await receive(signed('github-push', secret))).toEqual({ status: 202, message: 'accepted' });
    expect(pushes).toHaveLength(1);
    expect(pushes[0]?.provider).toBe('github');
    const [first] = pushes[0]?.repoURLs ?? [];
    expect(said).toMatchObject([{ type: 'notice', level: 'info' }]);
    expect(JSON.stringify(said)).toContain(`heard of a push: ${first} ${pushes[0]?.refs[0]?.name} (github, delivery `);
  });

  it('that moves no ref is answered with 200, and nothing else happens', async () => {
    const { receive, pushes, said } = receiver();
    const ping = signed('github-push', secret);
    const { 'x-hub-signature-256': signature } = ping.headers;
    expect(signature).toBeDefined();
    expect(await receive({ ...ping, headers: { ...ping.headers, 'x-github-event': 'ping' } })).toMatchObject({
      status: 200,
    });
    expect([...pushes, ...said]).toEqual([]);
  });

  const refused: readonly (readonly [what: string, delivery: Parameters<typeof receivePush>[0], status: number])[] = [
    ['with a wrong signature', signed('github-push', 'another secret'), 401],
    ['of a host without a secret here', signed('gitlab-push', secret), 401],
    ['of nobody known', { headers: {}, body: Buffer.from(bodyOf('github-push')) }, 401],
    ['that is no JSON', signed('github-push', secret, '{"ref": '), 400],
    ['of another shape', signed('github-push', secret, edited('github-push', ['ref', 7])), 400],
    ['that is too large', signed('github-push', secret, `"${'x'.repeat(6 * 1024 * 1024)}"`), 413],
  ];
  it.each(refused)(
    '%s is put nowhere, and is a warning that repeats nothing of it',
    async (_what, delivery, status) => {
      const { receive, pushes, said } = receiver();
      const answer = await receive(delivery);
      expect(answer.status).toBe(status);
      expect(pushes).toEqual([]);
      expect(said).toEqual([
        {
          type: 'notice',
          level: 'warning',
          message: expect.stringMatching(/^refused a webhook \((github|gitlab|no known Git host), \d{3}\): /),
        },
      ]);
      expect(JSON.stringify(said)).toContain(answer.message);
    },
  );

  it('is one short line in the log, however much it says', async () => {
    const { receive, pushes, said } = receiver();
    const url = `https://git.example/${'a'.repeat(400)}`;
    await receive(signed('github-push', secret, edited('github-push', ['repository.clone_url', url])));
    expect(pushes).toHaveLength(1);
    expect(said).toHaveLength(1);
    expect(JSON.stringify(said).length).toBeLessThan(400);
  });

  it('names three refs and counts the others, and says what was deleted', async () => {
    const { receive, said } = receiver();
    await receive(signed('gitea-delete', secret));
    expect(JSON.stringify(said)).toContain('(deleted)');
  });

  it('is not answered as accepted when it could not be put anywhere', async () => {
    const { receiving, said } = receiver();
    const put = async (): Promise<void> => {
      throw new Error('the queue is away');
    };
    await expect(receivePush(signed('github-push', secret), { ...receiving, put })).rejects.toThrow('away');
    expect(said).toEqual([]);
  });
});
