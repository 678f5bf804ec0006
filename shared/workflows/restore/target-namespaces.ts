import { attempt } from '../../apply/attempt.ts';
import type { Cluster } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import type { Application } from '../../model/application.ts';
import { servedKind } from '../../model/cluster.ts';
import { type Json, jsonAt } from '../../model/json.ts';
import type { LiveObject } from '../../model/manifest.ts';
import { asksForNamespace, namespacesAmong } from '../../plan/destination-namespace.ts';
import type { Target } from '../../plan/target.ts';

/** By name, metadata only. Undefined: they may not be listed, and nothing is claimed of them. */
async function listNamespaces(cluster: Cluster): Promise<ReadonlyMap<string, LiveObject> | undefined> {
  const kind = servedKind(await cluster.facts(), { group: '', kind: 'Namespace' });
  if (kind === undefined) return undefined;
  const listed = await attempt(cluster.listMetadata({ kind }));
  if (listed.ok) return new Map(listed.value.map((live) => [live.metadata.name, live]));
  if (listed.error instanceof PlumbError && listed.error.code === 'cluster-forbidden') return undefined;
  throw listed.error;
}

export type Bringing = {
  readonly application: Application;
  /** All that the application wants, and what of it is to be written. */
  readonly targets: readonly Target[];
  readonly written: readonly Target[];
  /** Namespaces that applications bring which are restored before. */
  readonly promised: ReadonlySet<string>;
};

/** Why namespaces that an application is to write into cannot take anything: not there and brought by nobody, or on their way out. */
export async function namespaceProblems(bringing: Bringing, cluster: Cluster): Promise<readonly string[]> {
  const wanted = [...new Set(bringing.written.map(({ ref }) => ref.namespace).filter((name) => name !== ''))];
  const known = wanted.length === 0 ? undefined : await listNamespaces(cluster);
  if (known === undefined) return [];
  const problems = wanted.map((name) => {
    const live = known.get(name);
    if (live?.metadata.deletionTimestamp !== undefined) return leaving(name, cluster);
    return live !== undefined || isBrought(name, bringing) ? undefined : missing(name);
  });
  return (await Promise.all(problems)).flatMap((problem) => problem ?? []);
}

function isBrought(name: string, { application, targets, promised }: Bringing): boolean {
  const own = namespacesAmong(targets.map(({ ref }) => ref));
  if (own.includes(name) || promised.has(name)) return true;
  return name === application.destination.namespace && asksForNamespace(application, own);
}

function missing(name: string): string {
  return `there is no namespace ${name}, and nothing that is restored brings it: make it, or set CreateNamespace=true on the Application`;
}

/** The status of a namespace says what is left in it, and which finalizers hold that. */
async function leaving(name: string, cluster: Cluster): Promise<string> {
  const ref = { group: '', kind: 'Namespace', namespace: '', name };
  const read = await attempt(cluster.read({ ref, version: 'v1' }));
  const conditions = read.ok ? jsonAt(read.value, 'status', 'conditions') : undefined;
  const holding = (Array.isArray(conditions) ? conditions : []).filter(
    (condition: Json) => jsonAt(condition, 'status') === 'True',
  );
  const messages = holding.map((condition: Json) => String(jsonAt(condition, 'message') ?? ''));
  return [`namespace ${name} is being deleted: wait until it is gone`, ...messages].join('; ');
}
