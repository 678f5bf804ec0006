import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { annotationOf, type Manifest, withMetadata } from '../../model/manifest.ts';
import { groupOf } from '../../model/object-ref.ts';

/** On a workload: `true` or `false`; without it Deployments and StatefulSets are restarted. */
const restartAnnotation = 'plumbline.dev/restart-on-secret-change';
/** On a workload: the stamp that its pods were last known to be in line with, and the one in the pod template, if any. */
const seenAnnotation = 'plumbline.dev/secrets-seen';
/** In the pod template: what makes a changed Secret a rollout. */
const rolloutAnnotation = 'plumbline.dev/secrets-hash';

const byDefault: readonly string[] = ['Deployment', 'StatefulSet'];
const onRequest: readonly string[] = [...byDefault, 'DaemonSet'];

/** True for a workload that is restarted when a Secret that it uses changes. */
export function asksForRestart(workload: Manifest): boolean {
  if (groupOf(workload.apiVersion) !== 'apps') return false;
  const asked = annotationOf(workload, restartAnnotation);
  if (asked !== undefined) return asked === 'true' && onRequest.includes(workload.kind);
  return byDefault.includes(workload.kind);
}

export type StampInput = {
  /** Of the Secrets that it uses, as they shall be. */
  readonly stamp: string;
  /** As it is in the cluster, metadata only; absent: it is not there. */
  readonly live?: Manifest;
  /** Whether one of its Secrets changes now, or may have changed with nobody taking note. Asked only where no stamp is known. */
  readonly mayHaveChanged: boolean;
};

/**
 * A workload with the stamp of the Secrets that it uses. Its pod template gets a new one, and so its pods are replaced, only when a
 * Secret's values have changed since the pods were in line with them: to begin stamping, or to change who keeps the Secret, restarts nothing.
 * What was seen last stands on the workload itself, so that a run that dies between Secret and workload is made up for by the next.
 */
export function stampWorkload(workload: Manifest, { stamp, live, mayHaveChanged }: StampInput): Manifest {
  const seen = live === undefined ? undefined : parseSeen(live);
  const isInLine = seen === undefined ? live === undefined || !mayHaveChanged : seen.stamp === stamp;
  return withStamps(workload, { stamp, rollout: isInLine ? seen?.rollout : stamp });
}

/** A workload with the stamps that it has in the cluster, while somebody else keeps its Secrets. */
export function keepStamps(workload: Manifest, live: Manifest | undefined): Manifest {
  const seen = live === undefined ? undefined : parseSeen(live);
  return seen === undefined ? workload : withStamps(workload, seen);
}

type Seen = { readonly stamp: string; readonly rollout: string | undefined };

function parseSeen(live: Manifest): Seen | undefined {
  const [stamp, rollout] = annotationOf(live, seenAnnotation)?.split(' ') ?? [];
  return stamp === undefined ? undefined : { stamp, rollout };
}

/** True when nothing is known yet of what a live workload's pods are in line with. */
export function isUnstamped(live: Manifest): boolean {
  return parseSeen(live) === undefined;
}

function withStamps(workload: Manifest, { stamp, rollout }: Seen): Manifest {
  const seen = rollout === undefined ? stamp : `${stamp} ${rollout}`;
  const stamped = withMetadata(workload, { annotations: { [seenAnnotation]: seen } });
  return rollout === undefined ? stamped : { ...stamped, spec: withTemplateAnnotation(workload['spec'], rollout) };
}

function withTemplateAnnotation(spec: Json | undefined, rollout: string): JsonObject {
  const template = memberOf(spec, 'template');
  const metadata = memberOf(template, 'metadata');
  const annotations = { ...memberOf(metadata, 'annotations'), [rolloutAnnotation]: rollout };
  return { ...(isJsonObject(spec) ? spec : {}), template: { ...template, metadata: { ...metadata, annotations } } };
}

function memberOf(value: Json | undefined, field: string): JsonObject {
  const member = isJsonObject(value) ? value[field] : undefined;
  return isJsonObject(member) ? member : {};
}
