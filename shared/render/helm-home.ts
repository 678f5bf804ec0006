import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatYaml } from '../model/yaml.ts';
import type { ChartCredentials } from './render-request.ts';

/** A chart repository as helm is told of it. */
export type ChartRepository = {
  readonly name: string;
  /** `https://…` for a Helm repository, `oci://…` for a registry. */
  readonly url: string;
  readonly credentials: ChartCredentials | undefined;
  /** Also to other hosts that the repository's index names. */
  readonly passCredentials: boolean;
};

/** Writes helm's own files of repositories and registries into its private home, so that no credential is an argument. */
export async function writeHelmHome(home: string, repositories: readonly ChartRepository[]): Promise<void> {
  const config = join(home, 'config');
  await mkdir(join(config, 'registry'), { recursive: true, mode: 0o700 });
  const isRegistry = ({ url }: ChartRepository): boolean => url.startsWith('oci://');
  await writePrivate(
    join(config, 'repositories.yaml'),
    formatYaml(toRepositories(repositories.filter((each) => !isRegistry(each)))),
  );
  await writePrivate(
    join(config, 'registry', 'config.json'),
    JSON.stringify(toRegistries(repositories.filter(isRegistry))),
  );
}

/** `--plain-http` where all registries are on this machine: it holds for all at once, and none elsewhere may be asked so. */
export function plainHttpFor(urls: readonly string[]): readonly string[] {
  const registries = urls.filter((url) => url.startsWith('oci://'));
  const areLocal = registries.every((url) => /^oci:\/\/(?:localhost|127\.[\d.]+)(?::|\/)/.test(url));
  return registries.length > 0 && areLocal ? ['--plain-http'] : [];
}

function toRepositories(repositories: readonly ChartRepository[]): Parameters<typeof formatYaml>[0] {
  return {
    apiVersion: '',
    generated: '0001-01-01T00:00:00Z',
    repositories: repositories.map(({ name, url, credentials, passCredentials }) => ({
      name,
      url,
      username: credentials?.username ?? '',
      password: credentials?.password ?? '',
      pass_credentials_all: passCredentials,
    })),
  };
}

function toRegistries(repositories: readonly ChartRepository[]): {
  readonly auths: { readonly [host: string]: { readonly auth: string } };
} {
  const known = repositories.flatMap(({ url, credentials }) =>
    credentials === undefined ? [] : [{ url, credentials }],
  );
  const auths = known.map(({ url, credentials: { username, password } }) => [
    url.slice('oci://'.length).split('/')[0] ?? '',
    { auth: Buffer.from(`${username}:${password}`).toString('base64') },
  ]);
  return { auths: Object.fromEntries(auths) };
}

async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
}
