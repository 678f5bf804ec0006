import { isJsonObject, type Json } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import { type ObjectRef, refOf } from '../../model/object-ref.ts';
import { isSecret } from '../secret-data.ts';
import { kindName } from './restore-context.ts';
import type { Place } from './strip-fields.ts';

/** Something that is restored as it is, and that a person has to look at before the other cluster takes over. */
export type Sighting = {
  readonly ref: ObjectRef;
  readonly at: Place;
  /** The part of the field that it is about. */
  readonly value: string;
  readonly message: string;
};

type Sign = { readonly pattern: RegExp; readonly kind?: string; readonly message: string };

/** Asked in this order of every text but the data of Secrets; the first that is found speaks. Sources: AWS's ARN and zone formats. */
const signs: readonly Sign[] = [
  {
    kind: 'ServiceAccount',
    pattern: /\barn:aws[\w-]*:iam::\d*:role\/[\w+=,.@/-]+/,
    message: 'the trust policy of this role has to name the OIDC issuer of the target',
  },
  {
    pattern: /\barn:aws[\w-]*:elasticloadbalancing:[\w:/.-]+/,
    message: 'this load balancer or target group serves the other cluster until somebody moves it',
  },
  {
    pattern: /\barn:aws[\w-]*:[\w-]+:[\w-]*:\d*:[\w+=,.@:/*-]+/,
    message: 'this AWS resource belongs to one account, and mostly to one region',
  },
  {
    pattern: /\b\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\b/,
    message: 'nodes of the target need the right to pull from this account and region',
  },
  {
    pattern: /\b(vpc|subnet|sg|eni|vol|snap|fs|fsap|eipalloc|lt|tgw)-[0-9a-f]{8,17}\b/,
    message: 'this resource is in one account and region',
  },
  {
    pattern: /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/,
    message: 'zone names are given to each account anew: compare zone ids',
  },
  { pattern: /^[a-z]{2}(-[a-z]+)+-\d$/, message: 'the target may be in another region' },
  { pattern: /^\d{12}$/, message: 'this looks like the id of an account' },
];

/** What in an object still points to accounts, regions, zones, roles and load balancers of the other cluster. */
export function signsOfElsewhere(manifest: Manifest): readonly Sighting[] {
  const { data: _data, stringData: _stringData, ...open } = manifest;
  const asked = isSecret(manifest) ? open : manifest;
  const kind = kindName(manifest);
  const ref = refOf(manifest);
  return textsOf(asked, []).flatMap(({ path, text }) => {
    for (const sign of signs) {
      const found = sign.kind === undefined || sign.kind === kind ? sign.pattern.exec(text)?.[0] : undefined;
      if (found !== undefined) return [{ ref, at: path, value: found, message: sign.message }];
    }
    return [];
  });
}

function textsOf(value: Json, path: Place): readonly { readonly path: Place; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((element, index) => textsOf(element, [...path, index]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : textsOf(member, [...path, key]),
  );
}
