import type { Filter, SecretListEntry } from '@aws-sdk/client-secrets-manager';
import type { SecretQuery } from '../../secret-ports.ts';
import { attempt, type Outcome } from './attempt.ts';
import { secretsManagerOf } from './secrets-manager-batch.ts';
import type { AwsSession } from './sessions.ts';

const pageSize = 100;

/** The names of all secrets that fit, none of which is about to be deleted. */
export async function findSecretNames(session: AwsSession, query: SecretQuery): Promise<Outcome<readonly string[]>> {
  const client = await secretsManagerOf(session);
  const names: string[] = [];
  for (let next: string | undefined; ; ) {
    const page = {
      MaxResults: pageSize,
      Filters: filtersFor(query),
      ...(next === undefined ? {} : { NextToken: next }),
    };
    const listed = await session.limit.run(() =>
      attempt('secretsmanager:ListSecrets', () => client.listSecrets(page), session.attempts),
    );
    if (!listed.ok) return listed;
    for (const entry of listed.value.SecretList ?? []) if (fits(entry, query)) names.push(entry.Name ?? '');
    next = listed.value.NextToken;
    if (next === undefined) return { ok: true, value: names };
  }
}

/** AWS matches by prefix, and `!` at the start means the opposite: its filters only make the list shorter. */
function filtersFor({ path = '', tags = {} }: SecretQuery): Filter[] {
  const keys = Object.keys(tags).filter(isPlain).slice(0, 1);
  const filters: Filter[] = keys.map((key) => ({ Key: 'tag-key', Values: [key] }));
  return path !== '' && isPlain(path) ? [...filters, { Key: 'name', Values: [path] }] : filters;
}

function isPlain(text: string): boolean {
  return /^[\w/+=.@-]+$/.test(text);
}

function fits(
  { Name, Tags = [], DeletedDate }: SecretListEntry,
  { path = '', matches, tags = {} }: SecretQuery,
): boolean {
  if (Name === undefined || DeletedDate !== undefined || !Name.startsWith(path)) return false;
  const isTagged = Object.entries(tags).every(([key, value]) =>
    Tags.some((tag) => tag.Key === key && tag.Value === value),
  );
  return isTagged && (matches === undefined || matches(Name));
}
