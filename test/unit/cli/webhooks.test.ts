import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openWebhooks, parseListenAddress } from '../../../cli/webhooks.ts';
import { systemClock } from '../../../shared/adapters/local/clock.ts';
import type { WebhookServer } from '../../../shared/adapters/local/webhook-server.ts';
import type { Progress } from '../../../shared/ports.ts';
import { PushInbox } from '../../../shared/workflows/serve/push-inbox.ts';
import { failureOf } from '../../support/failure-of.ts';
import { signed } from '../webhook/deliveries.ts';

describe('--webhook-listen', () => {
  const good: readonly (readonly [text: string, host: string, port: number])[] = [
    ['127.0.0.1:8080', '127.0.0.1', 8080],
    ['0.0.0.0:80', '0.0.0.0', 80],
    ['hooks.example:65535', 'hooks.example', 65_535],
    ['[::1]:8080', '::1', 8080],
    ['[::]:8080', '::', 8080],
    [':8080', '127.0.0.1', 8080],
    ['8080', '127.0.0.1', 8080],
    [' localhost:0 ', 'localhost', 0],
  ];
  it.each(good)('"%s" is %s, port %i', (text, host, port) => {
    expect(parseListenAddress(text)).toEqual({ host, port });
  });

  const bad: readonly string[] = [
    '',
    'localhost',
    'localhost:',
    'localhost:http',
    'localhost:65536',
    'localhost:-1',
    'localhost:123456',
    '::1:8080',
    '[::1]',
    '[localhost]:80',
    'http://localhost:8080',
    'localhost:8080/webhook',
    'two words:80',
    'a/b:80',
  ];
  it.each(bad)('"%s" is refused', (text) => {
    const read = (): unknown => parseListenAddress(text);
    expect(read).toThrow(`--webhook-listen: "${text}" is not an address to listen on`);
  });
});

describe('Webhooks', () => {
  let folder: string;
  let server: WebhookServer | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumb-webhooks-'));
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await rm(folder, { recursive: true });
  });
  const said: Progress[] = [];
  const ports = { clock: systemClock, reporter: { report: (event: Progress) => void said.push(event) } };

  async function secretsFile(text: string): Promise<string> {
    const file = join(folder, 'webhooks');
    await writeFile(file, text, { mode: 0o600 });
    return file;
  }

  it('are not taken in when nobody asks for it', async () => {
    expect(await openWebhooks({}, new PushInbox(), ports)).toBeUndefined();
  });

  it('need both an address and secrets', async () => {
    const webhookSecrets = await secretsFile('github one');
    for (const flags of [{ webhookListen: ':0' }, { webhookSecrets }]) {
      const failure = await failureOf(openWebhooks(flags, new PushInbox(), ports));
      expect(failure).toMatchObject({ code: 'usage' });
      expect(failure.message).toContain('belong together');
    }
  });

  it('end in the inbox, signed with any of the secrets of their host', async () => {
    const inbox = new PushInbox();
    const webhookSecrets = await secretsFile('# rotated in May\ngithub old secret\n\ngithub new secret\n');
    server = await openWebhooks({ webhookListen: ':0', webhookSecrets }, inbox, ports);
    const send = async (secret: string): Promise<number> => {
      const { headers, body } = signed('github-push', secret);
      const sent = { method: 'POST', headers: headers as Record<string, string>, body: Buffer.from(body) };
      return (await fetch(server?.url ?? '', sent)).status;
    };
    expect(await send('old secret')).toBe(202);
    expect(await send('new secret')).toBe(202);
    expect(await send('no secret')).toBe(401);
    const taken = await inbox.take(AbortSignal.timeout(1_000));
    expect(taken).toHaveLength(1);
  });
});
