import type { Json } from '../../model/json.ts';
import { jsonAt } from '../../model/json.ts';
import type { ApiClient } from './api-client.ts';
import {
  aggregatedAccept,
  type Discovered,
  parseAggregated,
  parseLegacyResources,
  parseLegacyVersions,
} from './discovery.ts';
import { parseAnswer } from './parse-answer.ts';

/** Asks a cluster for its version and kinds: three requests, or one more a group version where it is older than 1.27. */
export async function discover(client: ApiClient): Promise<Discovered & { readonly version: string }> {
  const [version, core, groups] = await Promise.all([
    ask(client, '/version'),
    ask(client, '/api', aggregatedAccept),
    ask(client, '/apis', aggregatedAccept),
  ]);
  const aggregated = [parseAggregated(core), parseAggregated(groups)].filter((part) => part !== undefined);
  const discovered = aggregated.length === 2 ? joinDiscovered(aggregated) : await discoverLegacy(client, core, groups);
  return { ...discovered, version: String(jsonAt(version, 'gitVersion') ?? '') };
}

async function discoverLegacy(client: ApiClient, core: Json, groups: Json): Promise<Discovered> {
  const plainCore = parseAggregated(core) === undefined ? core : await ask(client, '/api');
  const plainGroups = parseAggregated(groups) === undefined ? groups : await ask(client, '/apis');
  const versions = parseLegacyVersions(plainCore, plainGroups);
  return joinDiscovered(await Promise.all(versions.map((apiVersion) => discoverVersion(client, apiVersion))));
}

/** An API service that is down must not hide all the others. */
async function discoverVersion(client: ApiClient, apiVersion: string): Promise<Discovered> {
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const request = requestOf(client, path);
  const answer = await client.ask(request);
  if ('body' in answer)
    return { served: parseLegacyResources(apiVersion, parseAnswer(client.server, path, answer.body)), failing: [] };
  if (answer.status.code >= 500 || answer.status.code === 404) return { served: [], failing: [apiVersion] };
  throw client.refusal(request, answer.status);
}

function joinDiscovered(parts: readonly Discovered[]): Discovered {
  return { served: parts.flatMap(({ served }) => served), failing: parts.flatMap(({ failing }) => failing) };
}

async function ask(client: ApiClient, path: string, accept?: string): Promise<Json> {
  const body = await client.call({ ...requestOf(client, path), ...(accept === undefined ? {} : { accept }) });
  return parseAnswer(client.server, path, body);
}

function requestOf({ server }: ApiClient, path: string) {
  const purpose = { subject: `Cluster ${server.name}`, verb: 'discover', secret: false } as const;
  return { purpose, method: 'GET', path, resource: path } as const;
}
