import type { Inventory } from '../../model/inventory.ts';
import type { LiveObject } from '../../model/manifest.ts';
import type { ObjectRef } from '../../model/object-ref.ts';
import type { FieldChange } from '../../plan/diff/difference.ts';
import type { Target } from '../../plan/target.ts';

/** A target, or the destination namespace, that is not in the cluster as it should be. `live` is absent when the object is. */
export type Differing = {
  readonly target: Pick<Target, 'ref'>;
  readonly live?: LiveObject;
  readonly predicted: LiveObject;
  readonly fields: readonly FieldChange[];
};

/** How a cluster stands against a render, by the API server's own dry run. */
export type Comparison = {
  readonly differing: readonly Differing[];
  /** Owned objects that are not wanted any more. */
  readonly extra: readonly { readonly ref: ObjectRef; readonly live?: LiveObject; readonly message: string }[];
  readonly unknown: readonly { readonly ref: ObjectRef; readonly message: string; readonly hint?: string }[];
  /** Entries of the targets that are as wanted and were not known to be. */
  readonly entries: Inventory;
};
