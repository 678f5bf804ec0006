import { readFile } from 'node:fs/promises';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { parseManifests } from '../../../shared/model/yaml.ts';
import { eventually } from '../eventually.ts';
import { type Connection, connect } from './connect.ts';

export type InstalledCrds = {
  /** Takes them out of the cluster, with all their objects, and waits until nothing of them is served. */
  remove(): Promise<void>;
};

/** Brings CRDs into a cluster; resolves when each is established and every served version is in discovery. */
export async function installCrds(kubeconfig: string, files: readonly string[]): Promise<InstalledCrds> {
  const crds = (await Promise.all(files.map(readCrds))).flat();
  const connection = await connect(kubeconfig);
  const remove = async (): Promise<void> => {
    await Promise.all(crds.map((crd) => removeCrd(connection, crd)));
    await untilServed(connection, crds.flatMap(servedBy), false);
    connection.close();
  };
  await Promise.all(crds.map((crd) => connection.send('POST', folder, { body: crd })));
  await Promise.all(crds.map((crd) => untilEstablished(connection, crd)));
  await untilServed(connection, crds.flatMap(servedBy), true);
  return { remove };
}

const folder = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

type Crd = Manifest & {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
};

async function readCrds(file: string): Promise<readonly Crd[]> {
  return parseManifests(await readFile(file, 'utf8'), file) as readonly Crd[];
}

async function untilEstablished(connection: Connection, { metadata: { name } }: Crd): Promise<void> {
  await eventually(`CRD ${name} is established`, async () => {
    const live = await connection.send<Crd>('GET', `${folder}/${name}`);
    return live?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');
  });
}

/** Objects of the kind go first; the API server sees to that. */
async function removeCrd(connection: Connection, { metadata: { name } }: Crd): Promise<void> {
  await connection.send('DELETE', `${folder}/${name}`);
  await eventually(`CRD ${name} is gone`, async () => {
    return (await connection.send('GET', `${folder}/${name}`)) === undefined;
  });
}

function servedBy({ spec }: Crd): readonly string[] {
  const served = spec.versions.filter((version) => version.served);
  return served.map(({ name }) => `${spec.group}/${name}/${spec.names.plural}`);
}

/** Both ways to discover: they do not change at the same moment. */
async function untilServed(connection: Connection, wanted: readonly string[], isServed: boolean): Promise<void> {
  const groupVersions = [...new Set(wanted.map((each) => each.slice(0, each.lastIndexOf('/'))))];
  await eventually(`${wanted.join(', ')} ${isServed ? 'are' : 'are not'} served`, async () => {
    const plain = await Promise.all(groupVersions.map((each) => discoverVersion(connection, each)));
    const ways = [plain.flat(), await discoverAll(connection)];
    return ways.every((found) => wanted.every((each) => found.includes(each) === isServed));
  });
}

type Resources = { readonly resources: readonly { readonly name: string }[] };

async function discoverVersion(connection: Connection, groupVersion: string): Promise<readonly string[]> {
  const found = await connection.send<Resources>('GET', `/apis/${groupVersion}`);
  return (found?.resources ?? []).map(({ name }) => `${groupVersion}/${name}`);
}

type Groups = {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources?: readonly { readonly resource: string }[];
    }[];
  }[];
};

async function discoverAll(connection: Connection): Promise<readonly string[]> {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const found = await connection.send<Groups>('GET', '/apis', { accept });
  return (found?.items ?? []).flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.map(({ resource }) => `${metadata.name}/${version}/${resource}`),
    ),
  );
}
