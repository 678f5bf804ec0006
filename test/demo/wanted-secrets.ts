import { isJsonObject, type JsonObject } from '../../shared/model/json.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { openEncrypted, openSealed } from './open-by-hand.ts';
import type { KnownValues } from './secret-places.ts';

/** What a render comes to in the cluster: Secrets in the place of what stands for them, and nothing of the stores. */
export async function withSecrets(rendered: readonly Manifest[], values: KnownValues): Promise<readonly Manifest[]> {
  const wanted = rendered
    .filter(({ kind }) => kind !== 'SecretStore')
    .map(async (manifest) => {
      const data = await dataOf(manifest, values);
      return data === undefined ? manifest : secret(manifest, data);
    });
  return await Promise.all(wanted);
}

type Data = { readonly [key: string]: string };

/** The values of what stands for a Secret; undefined: it is none. */
async function dataOf(manifest: Manifest, values: KnownValues): Promise<Data | undefined> {
  const { kind, metadata } = manifest;
  if (kind === 'ExternalSecret') return values[metadata.name] ?? {};
  if (kind === 'SealedSecret') {
    const password = openSealed(manifest, 'password');
    return { password, 'auth.conf': `requirepass ${password}\n` };
  }
  if (kind !== 'Secret' || manifest['sops'] === undefined) return undefined;
  const keys = Object.keys(isJsonObject(manifest['stringData']) ? manifest['stringData'] : {});
  const opened = keys.map(async (key) => [key, await openEncrypted(manifest, key)] as const);
  return Object.fromEntries(await Promise.all(opened));
}

function secret({ metadata: { name, namespace } }: Manifest, values: Data): Manifest {
  const data: JsonObject = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
  const place = namespace === undefined ? { name } : { name, namespace };
  return { apiVersion: 'v1', kind: 'Secret', metadata: place, data };
}

/** All values in the Secrets of manifests. */
export function valuesIn(manifests: readonly Manifest[]): readonly string[] {
  return manifests
    .filter(({ kind }) => kind === 'Secret')
    .flatMap((manifest) => Object.values(isJsonObject(manifest['data']) ? manifest['data'] : {}))
    .map((value) => Buffer.from(String(value), 'base64').toString());
}
