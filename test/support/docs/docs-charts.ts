import { join } from 'node:path';
import { startHelmRepository } from '../../contract/render-registry.ts';
import type { DocsBed } from './docs-bed.ts';

export type Charts = { readonly url: string; close(): Promise<void> };

/** The Helm repository with chart redis, and the Git repository with its values, that the documentation names. */
export async function serveCharts({ folder, git, run, write }: DocsBed): Promise<Charts> {
  await write('redis/Chart.yaml', 'apiVersion: v2\nname: redis\nversion: 1.4.2\n');
  await write('redis/values.yaml', 'replicas: 1\n');
  await write(
    'redis/templates/settings.yaml',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: redis }\ndata: { replicas: "{{ .Values.replicas }}" }\n',
  );
  const packed = await run('helm package redis -d charts && helm repo index charts');
  if (packed.exitCode !== 0) throw new Error(packed.err);
  await git.createRepository('config', { 'redis/prod.yaml': 'replicas: 3\n' });
  const repository = await startHelmRepository(join(folder, 'charts'));
  return { url: `http://${repository.host}`, close: repository.close };
}
