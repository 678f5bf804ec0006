import { isPartial } from '../../model/sync-request.ts';
import { publishStores } from '../../state/secret-stores.ts';
import { isConcerned } from '../secrets/sort-manifests.ts';
import type { SyncRun } from './sync-run.ts';

/** Lets other applications on the cluster use the stores and generators that this one brings, and no longer those that it has let go. */
export async function publishSecretStores({
  request,
  secrets,
  rendered,
  session,
  cluster,
  ports,
}: SyncRun): Promise<void> {
  if (isPartial(request)) return;
  // Only another render has other stores, unless they are left to a controller from now on.
  const isSameRender = session.head.deployed?.renderDigest === rendered.render.digest;
  if (secrets.published.length === 0 && isSameRender && !rendered.render.manifests.some(isConcerned)) return;
  const { server } = await cluster.facts();
  await publishStores(ports.store, { application: request.application.name, server, manifests: secrets.published });
}
