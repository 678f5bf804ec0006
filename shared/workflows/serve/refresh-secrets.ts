import { attempt } from '../../apply/attempt.ts';
import type { Head } from '../../model/head.ts';
import type { SyncOutcome, SyncRequest } from '../../model/sync-request.ts';
import { refreshAfter, refreshSelection } from '../../plan/secrets/refresh-selection.ts';
import type { Ports } from '../../ports.ts';
import { resolveSecrets } from '../secrets/resolve-secrets.ts';
import { openApplication } from '../sync/prepare-sync.ts';
import { reportOutcome } from '../sync/report-outcome.ts';
import { syncApplication } from '../sync/sync.ts';
import { type Followed, keptRender, parentOf, type Signals } from './follow.ts';

/** When the secrets of each application were last read, in milliseconds since 1970. */
export type SecretsRead = Map<string, number>;

/** The applications whose secrets are to be read again now. */
export function dueForRefresh(heads: readonly Head[], read: SecretsRead, now: number): readonly Head[] {
  return heads.filter(({ application, secrets = [] }) => {
    const last = read.get(application) ?? 0;
    const after = refreshAfter(secrets);
    const ends = secrets.map(({ until }) => Date.parse(until ?? ''));
    return (after !== undefined && last + after <= now) || ends.some((end) => last < end && end <= now);
  });
}

/** The same as `refreshNow`, told and for those who want no more than the head. */
export async function refreshSecrets(
  { declared, project }: Followed,
  ports: Ports,
  signals: Signals,
): Promise<Head | undefined> {
  const asked = { application: declared.application, project, ...parentOf(declared) };
  const outcome = await refreshNow(asked, ports, signals);
  if (outcome !== undefined) reportOutcome(outcome, ports.reporter);
  return outcome?.head;
}

type Asked = Pick<SyncRequest, 'application' | 'project' | 'parent'>;

/**
 * Reads the secrets of an application again, and syncs those Secrets and what is restarted with them, from what is deployed: Git is not
 * asked, and what somebody changed elsewhere in the cluster is none of its business. Undefined: there is nothing to do it with.
 */
export async function refreshNow(
  asked: Asked,
  ports: Ports,
  signals: Pick<SyncRequest, 'signal' | 'superseded' | 'origin'>,
): Promise<SyncOutcome | undefined> {
  const { application } = asked;
  const opened = await openApplication(asked, ports);
  const { head } = opened.session;
  const rendered = await keptRender(head, ports.store);
  if (rendered === undefined || head.secrets === undefined) return undefined;
  const { manifests } = rendered.render;
  const resources = refreshSelection(head.secrets, manifests, application.destination.namespace);
  if (resources.length === 0) return undefined;
  return syncApplication({ ...asked, reason: 'secret', resources, ...signals }, ports, { ...opened, rendered });
}

/**
 * Asks for all secrets of several applications at once, so that providers are asked in as few batches as possible; what comes is kept
 * by the adapters for the refreshes that follow.
 */
export async function readTogether(followed: readonly Followed[], ports: Ports): Promise<void> {
  await Promise.all(
    followed.map(({ declared: { application }, project }) =>
      attempt(
        (async () => {
          const { cluster, session } = await openApplication({ application, project }, ports);
          const rendered = await keptRender(session.head, ports.store);
          if (rendered === undefined) return;
          const { manifests } = rendered.render;
          await resolveSecrets({ application, project, manifests, cluster }, ports);
        })(),
      ),
    ),
  );
}
