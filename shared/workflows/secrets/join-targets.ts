import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { type Manifest, withMetadata } from '../../model/manifest.ts';
import { keyOf, type ObjectRef, refOf } from '../../model/object-ref.ts';
import { foldStringData, isSecret } from '../../plan/secret-data.ts';
import type { Resolved } from './resolution.ts';

export type Shares = { readonly plain: readonly Manifest[]; readonly resolved: readonly Resolved[] };

/** `inGit`: the Secrets of Git that are part of others now. */
export type Joined = Shares & { readonly inGit: readonly ObjectRef[] };

/**
 * One object for each Secret that several manifests have a share in: an ExternalSecret whose creationPolicy is Merge or CreateOrMerge adds
 * its keys to a Secret that stands in Git, or that another one makes. While one of them fails, nothing is done to the Secret.
 */
export function joinTargets({ plain, resolved }: Shares, destinationNamespace: string): Joined {
  const merging = resolved.filter(({ merges }) => merges === true);
  if (merging.length === 0) return { plain, resolved, inGit: [] };
  const shares = Map.groupBy(merging, ({ record }) => keyOf(record.target));
  const keyOfPlain = (manifest: Manifest): string =>
    keyOf({ ...refOf(manifest), namespace: manifest.metadata.namespace || destinationNamespace });
  const inGit = new Map(plain.filter(isSecret).map((manifest) => [keyOfPlain(manifest), manifest]));
  const whole = resolved.filter(({ merges }) => merges !== true);
  const bases = new Map(whole.map((each) => [keyOf(each.record.target), each]));
  const joined = [...inGit].filter(([key]) => shares.has(key)).map(([, manifest]) => manifest);
  return {
    plain: plain.filter((manifest) => !joined.includes(manifest)),
    inGit: joined.map(refOf),
    resolved: [
      ...whole.filter(({ record }) => !shares.has(keyOf(record.target))),
      ...[...shares].flatMap(([key, members]) => {
        const base = bases.get(key);
        return join(base === undefined ? members : [base, ...members], inGit.get(key));
      }),
    ],
  };
}

/** The first one carries the object; the others stay for what they have on record. */
function join(members: readonly Resolved[], inGit: Manifest | undefined): readonly Resolved[] {
  const failing = members.find(({ unresolved }) => unresolved !== undefined);
  if (failing !== undefined) return [failing, ...members.filter((each) => each !== failing).map(withoutObject)];
  const objects = [
    ...(inGit === undefined ? [] : [foldStringData(inGit)]),
    ...members.flatMap(({ manifest }) => manifest ?? []),
  ];
  const [first, ...others] = objects;
  const [carrier, ...rest] = members;
  if (first === undefined || carrier === undefined) return members;
  return [{ ...carrier, manifest: others.reduce(merge, first) }, ...rest.map(withoutObject)];
}

function merge(into: Manifest, from: Manifest): Manifest {
  const { labels = {}, annotations = {} } = from.metadata;
  return { ...withMetadata(into, { labels, annotations }), data: { ...dataOf(into), ...dataOf(from) } };
}

function dataOf({ data }: Manifest): JsonObject {
  return isJsonObject(data) ? data : {};
}

function withoutObject({ manifest: _carried, ...resolved }: Resolved): Resolved {
  return resolved;
}
