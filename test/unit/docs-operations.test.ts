import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { adviceOnEks } from '../../shared/adapters/aws/eks-advice.ts';
import { eksErrorOf, notActiveError } from '../../shared/adapters/aws/eks-error.ts';
import { parseGitSecret } from '../../shared/adapters/aws/git-secret.ts';
import { s3ErrorOf } from '../../shared/adapters/aws/s3-error.ts';
import { queueErrorOf } from '../../shared/adapters/aws/sqs-client.ts';
import { advise } from '../../shared/adapters/kubernetes/advice.ts';
import { parseStatus } from '../../shared/adapters/kubernetes/api-status.ts';
import { type Purpose, refusedError, unreachableError } from '../../shared/adapters/kubernetes/failures.ts';
import { adviceOf } from '../../shared/errors.ts';
import type { Installation } from '../../shared/model/installation.ts';
import { stateEventTypes } from '../../shared/model/state-event.ts';
import { corrupt } from '../../shared/state/codec.ts';
import { refuseForeign } from '../../shared/state/installation.ts';
import { parseWebhookSecrets } from '../../shared/webhook/parse-secrets.ts';
import { receivePush } from '../../shared/workflows/serve/receive-push.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
const quotes = [...page.matchAll(/^> `(.*)`$/gm)].map(([, quote = '']) => quote);

const eks = { id: 'prod', name: 'prod', region: 'eu-central-1', aliases: [] };
const arn = 'arn:aws:iam::999999999999:role/far';
const server = { name: 'prod', server: 'https://prod.example' };
const discovery: Purpose = { subject: 'Cluster prod', verb: 'discover', secret: false };
const bucket = { bucket: 'state', prefix: '' };
const failing = (code: string): Error => Object.assign(new Error('no'), { code });

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

function unreachable(code: string): Error {
  return advise(unreachableError(server, discovery, failing(code)), adviceOnEks(eks, false), failing(code));
}

function refused(
  purpose: Purpose,
  status: { readonly code: number; readonly reason: string; readonly message: string },
) {
  const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', ...status });
  const answer = parseStatus({ status: status.code, headers: { 'content-type': 'application/json' }, body });
  return advise(refusedError(server, purpose, answer), adviceOnEks(eks, false));
}

async function refusedWebhook(): Promise<string> {
  const told: string[] = [];
  await receivePush(
    { headers: { 'x-github-event': 'push', 'x-hub-signature-256': 'sha256=00' }, body: Buffer.from('{}') },
    {
      secrets: { github: ['other'] },
      clock: { now: () => new Date(0), sleep: async () => {} },
      reporter: { report: (progress) => void told.push('message' in progress ? `${progress.message}` : '') },
      put: () => {},
    },
  );
  return told.join();
}

/** What the code makes of each fault that the page speaks of. */
async function said(): Promise<readonly string[]> {
  const mayNot = 'configmaps is forbidden: User "plumbline" cannot list resource "configmaps"';
  const foreign = thrownBy(() => refuseForeign({ id: 'staging' } as Installation, 'prod'));
  return [
    ...[
      unreachable('UND_ERR_CONNECT_TIMEOUT'),
      unreachable('SELF_SIGNED_CERT_IN_CHAIN'),
      eksErrorOf({ kind: 'absent', action: 'eks:DescribeCluster' }, eks),
      eksErrorOf({ kind: 'denied', action: 'sts:AssumeRole', role: arn }, { ...eks, role: arn }),
      notActiveError(eks, 'DELETING'),
      refused(discovery, { code: 401, reason: 'Unauthorized', message: 'Unauthorized' }),
      refused(
        { subject: 'configmaps in shop', verb: 'list', secret: false },
        { code: 403, reason: 'Forbidden', message: mayNot },
      ),
      s3ErrorOf({ kind: 'throttled', action: 's3:GetObject' }, { ...bucket, tried: 'read heads/shop.json' }),
      s3ErrorOf({ kind: 'clock', action: 's3:GetObject' }, { ...bucket, tried: 'read heads/shop.json' }),
      s3ErrorOf(
        { kind: 'unreachable', action: 's3:PutObject', name: 'TimeoutError' },
        { ...bucket, tried: 'write heads/shop.json' },
      ),
      queueErrorOf(
        { kind: 'denied', action: 'sqs:SendMessage' },
        {
          queueUrl: 'https://sqs.eu-central-1.amazonaws.com/111122223333/plumbline-sync-public.fifo',
          tried: 'send 1 message',
        },
      ),
      thrownBy(() => parseWebhookSecrets('Xy7', 'arn:aws:secretsmanager')),
      corrupt('heads/shop.json', 'its content has the SHA-256 aa, and says bb'),
      foreign,
    ].map(adviceOf),
    await refusedWebhook(),
    'left until cluster prod answers again: no connection',
  ];
}

/** An ellipsis of the page stands for anything. */
function means(quote: string, text: string): boolean {
  const parts = quote.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

describe('docs/operations.md', () => {
  it('quotes messages as the code makes them', async () => {
    const all = await said();
    expect(quotes.length).toBeGreaterThan(14);
    for (const quote of quotes) {
      const match = all.find((text) => means(quote, text));
      expect(match ?? all.join('\n')).toBe(match ?? quote);
    }
  });

  it('says what is wrong with a secret of Git as the code does', () => {
    expect(page).toContain('`Secret arn:…: field "token" is missing (Write its text as JSON: …)`');
    expect(adviceOf(thrownBy(() => parseGitSecret('{}', 'arn:x')))).toMatch(
      /^Secret arn:x: field "token" is missing \(Write its text as JSON: /,
    );
  });

  it('has a line for each event', () => {
    const rows = [...page.matchAll(/^\| `(plumbline\.[\w.-]+)` \|/gm)].map(([, type]) => type);
    expect(rows).toEqual([...stateEventTypes]);
  });
});
