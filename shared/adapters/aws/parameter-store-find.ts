import type { ParameterStringFilter } from '@aws-sdk/client-ssm';
import type { SecretQuery } from '../../secret-ports.ts';
import { attempt, type Outcome } from './attempt.ts';
import { parameterStoreOf } from './parameter-store-batch.ts';
import type { AwsSession } from './sessions.ts';

const pathPageSize = 10;
const describePageSize = 50;

/**
 * The names of all parameters that fit. Below a path the hierarchy is walked; tags, and names anywhere, are looked up in the
 * list of all, since parameters outside of every hierarchy are in no other. Whichever is denied, the other may serve.
 */
export async function findParameterNames(session: AwsSession, query: SecretQuery): Promise<Outcome<readonly string[]>> {
  if (Object.keys(query.tags ?? {}).length > 0) return describeNames(session, query);
  const isAnywhere = pathOf(query) === '/';
  const found = await (isAnywhere ? describeNames : walkPath)(session, query);
  if (found.ok || found.failure.kind !== 'denied') return found;
  return (isAnywhere ? walkPath : describeNames)(session, query);
}

type Page = { readonly names: readonly (string | undefined)[]; readonly next: string | undefined };
type PageOf = (next: string | undefined) => Promise<Page>;

/** Asks for names alone: what does not fit is not decrypted. */
async function walkPath(session: AwsSession, query: SecretQuery): Promise<Outcome<readonly string[]>> {
  const client = await parameterStoreOf(session);
  return collect('ssm:GetParametersByPath', { session, query }, async (next) => {
    const { Parameters = [], NextToken } = await client.getParametersByPath({
      Path: pathOf(query),
      Recursive: true,
      WithDecryption: false,
      MaxResults: pathPageSize,
      ...(next === undefined ? {} : { NextToken: next }),
    });
    return { names: Parameters.map(({ Name }) => Name), next: NextToken };
  });
}

async function describeNames(session: AwsSession, query: SecretQuery): Promise<Outcome<readonly string[]>> {
  const client = await parameterStoreOf(session);
  return collect('ssm:DescribeParameters', { session, query }, async (next) => {
    const { Parameters = [], NextToken } = await client.describeParameters({
      ParameterFilters: filtersFor(query),
      MaxResults: describePageSize,
      ...(next === undefined ? {} : { NextToken: next }),
    });
    return { names: Parameters.map(({ Name }) => Name), next: NextToken };
  });
}

type Search = { readonly session: AwsSession; readonly query: SecretQuery };

async function collect(action: string, search: Search, pageOf: PageOf): Promise<Outcome<readonly string[]>> {
  const { session, query } = search;
  const found: string[] = [];
  for (let next: string | undefined; ; ) {
    const at = next;
    const page = await session.limit.run(() => attempt(action, () => pageOf(at), session.attempts));
    if (!page.ok) return page;
    for (const name of page.value.names) if (name !== undefined && (query.matches?.(name) ?? true)) found.push(name);
    next = page.value.next;
    if (next === undefined || next === '') return { ok: true, value: found };
  }
}

/** Equality of tags is AWS's own here, other than in Secrets Manager. */
function filtersFor(query: SecretQuery): ParameterStringFilter[] {
  const tags = Object.entries(query.tags ?? {}).map(([key, value]) => ({ Key: `tag:${key}`, Values: [value] }));
  return pathOf(query) === '/' ? tags : [...tags, { Key: 'Path', Option: 'Recursive', Values: [pathOf(query)] }];
}

/** Below everything where nothing is said; a slash at the end is not asked for. */
function pathOf({ path = '' }: SecretQuery): string {
  return path.replace(/\/+$/, '') || '/';
}
