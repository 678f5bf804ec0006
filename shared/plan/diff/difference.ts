import type { Json } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { ownManager } from '../own-manager.ts';
import { comparable } from './comparable.ts';
import { type Change, compareJson } from './compare-json.ts';
import { type FieldOwner, fieldOwners } from './field-owner.ts';
import { type FieldPath, formatPath } from './field-path.ts';
import { maskSecrets } from './secret-mask.ts';

/** One field that a sync would change; the values of Secrets are masked. */
export type FieldChange = {
  /** Dotted, with list indexes as in the cluster. */
  readonly path: string;
  readonly steps: FieldPath;
  readonly before?: Json;
  readonly after?: Json;
  /** Who else owns the field in the cluster: the one who changed it. */
  readonly changedBy?: FieldOwner;
};

/**
 * What an apply would change, given the live object and the API server's answer to a dry run; empty when it is as wanted.
 * Changes that only admission webhooks make, in fields that Plumbline does not apply, are no difference; they show up beside ones that are.
 */
export function difference(live: Manifest | undefined, predicted: Manifest): readonly FieldChange[] {
  const masked = maskSecrets({
    live: live === undefined ? undefined : comparable(live),
    predicted: comparable(predicted),
  });
  const changes = compareJson(masked.live, masked.predicted);
  if (live === undefined) return changes.map((change) => toFieldChange(change, undefined));
  if (!changes.some((change) => isOurs(change, live, predicted))) return [];
  return changes.map((change) => toFieldChange(change, live));
}

/** True when Plumbline owns the field in what it would write, or owned what it would take away. */
function isOurs({ path, wantedPath, after }: Change, live: Manifest, predicted: Manifest): boolean {
  if (!Array.isArray(predicted.metadata['managedFields'])) return true;
  const owners = after === undefined ? fieldOwners(live, path) : fieldOwners(predicted, wantedPath);
  return owners.some(({ manager }) => manager === ownManager);
}

function toFieldChange({ path, before, after }: Change, live: Manifest | undefined): FieldChange {
  const owners = live === undefined || before === undefined ? [] : fieldOwners(live, path);
  const changedBy = owners.find(({ manager }) => manager !== ownManager);
  return {
    path: formatPath(path),
    steps: path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(changedBy === undefined ? {} : { changedBy }),
  };
}
