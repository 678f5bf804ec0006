import type { ListQuery } from '../../cluster-ports.ts';
import type { ServedKind } from '../../model/cluster.ts';
import { type JsonObject, jsonAt } from '../../model/json.ts';
import type { LiveObject } from '../../model/manifest.ts';
import type { ApiClient, ApiRequest } from './api-client.ts';
import { apiVersionOf, collectionPath, withQuery } from './api-paths.ts';
import type { Purpose } from './failures.ts';
import { parseAnswer } from './parse-answer.ts';

/** Asks for metadata alone; an API service that cannot do that answers with whole objects. */
export const metadataAccept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';

const metadataListAccept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
/** As kubectl has it; metadata is a small part of an object. */
const pageSizes: { readonly [content in ListContent]: number } = { whole: 500, metadata: 50_000 };
const maxRestarts = 3;

export type ListContent = 'whole' | 'metadata';

/** All objects of a query, in pages. Where a page has expired in the meantime (410), the list starts anew. */
export async function listObjects(
  client: ApiClient,
  query: ListQuery,
  content: ListContent,
): Promise<readonly LiveObject[]> {
  for (let restarts = 0; ; restarts += 1) {
    const objects = await listOnce(client, { query, content, mayExpire: restarts < maxRestarts });
    if (objects !== 'expired') return objects;
  }
}

type Listing = { readonly query: ListQuery; readonly content: ListContent; readonly mayExpire: boolean };

async function listOnce(client: ApiClient, listing: Listing): Promise<readonly LiveObject[] | 'expired'> {
  const objects: LiveObject[] = [];
  let next: string | undefined;
  do {
    const page = await readPage(client, listing, next);
    if (page === 'expired') return page;
    const items = jsonAt(page, 'items');
    for (const item of Array.isArray(items) ? items : []) {
      objects.push(toLive(listing.query.kind, item as LiveObject, listing.content));
    }
    const token = jsonAt(page, 'metadata', 'continue');
    next = typeof token === 'string' && token !== '' ? token : undefined;
  } while (next !== undefined);
  return objects;
}

async function readPage(
  client: ApiClient,
  { query, content, mayExpire }: Listing,
  next: string | undefined,
): Promise<JsonObject | 'expired'> {
  const { kind, namespace = '', labelSelector } = query;
  const purpose = purposeOf(kind, namespace);
  const path = withQuery(collectionPath(kind, namespace), {
    limit: String(pageSizes[content]),
    labelSelector,
    continue: next,
  });
  const accept = content === 'whole' ? 'application/json' : metadataListAccept;
  const request: ApiRequest = { purpose, method: 'GET', path, accept, resource: kind.resource };
  const answer = await client.ask(request);
  if ('body' in answer) return parseAnswer(client.server, purpose.subject, answer.body);
  if (answer.status.code === 410 && mayExpire) return 'expired';
  throw client.refusal(request, answer.status);
}

/** Items of a list do not say what they are. */
function toLive(kind: ServedKind, item: LiveObject, content: ListContent): LiveObject {
  const type = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  if (content === 'whole') return { ...item, ...type };
  const { managedFields: _, ...metadata } = item.metadata;
  return { ...type, metadata: metadata as LiveObject['metadata'] };
}

function purposeOf({ group, kind, resource }: ServedKind, namespace: string): Purpose {
  const subject = `${group === '' ? resource : `${resource}.${group}`}${namespace === '' ? '' : ` in ${namespace}`}`;
  return { subject, verb: 'list', secret: group === '' && kind === 'Secret' };
}
