import type { Cluster } from '../../../shared/cluster-ports.ts';
import type { LiveObject } from '../../../shared/model/manifest.ts';
import { refOf, versionOf } from '../../../shared/model/object-ref.ts';

/** Deletes objects; nobody waits for definitions, which take theirs along. */
export async function removeObjects(live: readonly LiveObject[], cluster: Cluster): Promise<void> {
  const isDefinition = ({ kind }: LiveObject): boolean => kind === 'CustomResourceDefinition';
  const remove = (objects: readonly LiveObject[]): Promise<unknown> =>
    Promise.all(
      objects.map((object) => {
        const { uid } = object.metadata;
        const address = { ref: refOf(object), version: versionOf(object.apiVersion) };
        return cluster.delete(address, { uid, propagation: 'Background' });
      }),
    );
  await remove(live.filter((object) => !isDefinition(object)));
  await remove(live.filter(isDefinition));
}
