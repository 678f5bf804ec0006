import { PlumbError } from '../errors.ts';
import { type GitProvider, gitProviders } from '../model/push.ts';
import { isSigningSecret, signingKeyOf } from './standard-signature.ts';
import type { WebhookSecrets } from './verify.ts';

const providers: ReadonlyMap<string | undefined, GitProvider> = new Map([
  ...gitProviders.map((provider) => [provider, provider] as const),
  ['forgejo', 'gitea'],
  ['gogs', 'gitea'],
]);

/** The secrets by Git host of a text, which errors call `place`; several lines of one host are its rotation. Blank lines and `#` comments are passed over. */
export function parseWebhookSecrets(text: string, place: string): WebhookSecrets {
  const entries = text.split(/\r?\n/).flatMap((line, index) => {
    const entry = line.trim();
    return entry === '' || entry.startsWith('#') ? [] : [parseLine(entry, `${place}:${index + 1}`)];
  });
  if (entries.length === 0) {
    throw new PlumbError('usage', `${place} has no secret`, {
      hint: 'each line is a Git host and its secret, such as: github SECRET',
    });
  }
  const byProvider = Map.groupBy(entries, ({ provider }) => provider);
  return Object.fromEntries([...byProvider].map(([provider, of]) => [provider, of.map(({ secret }) => secret)]));
}

type Entry = { readonly provider: GitProvider; readonly secret: string };

/** No part of the line enters a message: it may be a secret. */
function parseLine(line: string, place: string): Entry {
  const [, name, secret] = /^(\S+)\s+(.+)$/.exec(line) ?? [];
  const provider = providers.get(name);
  if (provider === undefined || secret === undefined) {
    throw new PlumbError('usage', `${place}: not a line like: github SECRET`, {
      hint: `the Git host is one of ${[...providers.keys()].join(', ')}`,
    });
  }
  const problem = problemOf(provider, secret);
  if (problem !== undefined) throw new PlumbError('usage', `${place}: ${problem.what}`, { hint: problem.hint });
  return { provider, secret };
}

function problemOf(
  provider: GitProvider,
  secret: string,
): { readonly what: string; readonly hint: string } | undefined {
  if (provider === 'azure-devops' && !/:./.test(secret)) {
    return { what: 'for Azure DevOps the secret is a user name and a password', hint: 'write it as USER:PASSWORD' };
  }
  if (provider === 'gitlab' && isSigningSecret(secret) && signingKeyOf(secret) === undefined) {
    return { what: 'not a whole GitLab signing token', hint: 'copy it from the webhook again, with "whsec_" in front' };
  }
  return undefined;
}
