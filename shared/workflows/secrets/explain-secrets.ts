import type { Application } from '../../model/application.ts';
import { type ObjectRef, refOf } from '../../model/object-ref.ts';
import type { Project } from '../../model/project.ts';
import type { RenderedSources } from '../../model/render.ts';
import type { SecretRecord } from '../../model/secret-record.ts';
import { secretsUsedBy } from '../../plan/secrets/pod-secrets.ts';
import { asksForRestart } from '../../plan/secrets/restart-stamp.ts';
import type { Ports } from '../../ports.ts';
import { openApplication } from '../sync/prepare-sync.ts';
import { deployedRender } from '../sync/snapshot-render.ts';
import { wantedRender } from '../sync/wanted-render.ts';
import { resolveSecrets } from './resolve-secrets.ts';

/** One Secret, where it comes from and what for. Never a value. */
export type ExplainedSecret = SecretRecord & {
  readonly usedBy: readonly { readonly ref: ObjectRef; readonly restarts: boolean }[];
};

export type ExplainedSecrets = {
  readonly application: string;
  readonly secrets: readonly ExplainedSecret[];
  /** Left to controllers in the cluster. */
  readonly passed: readonly { readonly target: ObjectRef; readonly by: ObjectRef }[];
};

type Asked = {
  readonly application: Application;
  readonly project: Project;
  /** True: what is deployed is looked at, and Git is not asked. */
  readonly asDeployed: boolean;
};

/** Resolves all secrets of an application and says what came of each; nothing is changed anywhere. */
export async function explainSecrets(
  { application, project, asDeployed }: Asked,
  ports: Ports,
): Promise<ExplainedSecrets> {
  const { cluster, session } = await openApplication({ application, project }, ports);
  const rendered: RenderedSources | undefined = asDeployed
    ? await deployedRender(session.head, ports.store)
    : (await wantedRender({ application, project }, session.head, ports)).rendered;
  for (const message of rendered?.warnings ?? [])
    ports.reporter.report({ type: 'notice', level: 'warning', application: application.name, message });
  const manifests = rendered?.render.manifests ?? [];
  const versions = rendered?.secretVersions;
  const request = { application, project, manifests, cluster, ...(versions === undefined ? {} : { versions }) };
  const { records, passed } = await resolveSecrets(request, ports);
  const users = manifests.map((manifest) => ({ manifest, ref: placed(refOf(manifest), application) }));
  return {
    application: application.name,
    secrets: records.map((record) => ({
      ...record,
      usedBy: users
        .filter(({ manifest, ref }) => isUser(record.target, ref) && secretsUsedBy(manifest).has(record.target.name))
        .map(({ manifest, ref }) => ({ ref, restarts: asksForRestart(manifest) })),
    })),
    passed: passed.map(({ target, by }) => ({ target, by: refOf(by) })),
  };
}

function placed(ref: ObjectRef, { destination }: Application): ObjectRef {
  return { ...ref, namespace: ref.namespace || destination.namespace };
}

function isUser(target: ObjectRef, { namespace }: ObjectRef): boolean {
  return target.kind === 'Secret' && target.namespace === namespace;
}
