/** The integer types of Go that occur in templates; `int` is 64 bits wide. */
export type IntegerType = 'int' | 'int64' | 'int32' | 'uint8' | 'uint32' | 'uint64';

/** A Go integer; its type decides what it may be given to. */
export type GoInteger = { readonly kind: 'integer'; readonly type: IntegerType; readonly value: bigint };

/** A Go float64. */
export type GoFloat = { readonly kind: 'float'; readonly value: number };

/** The types that a list's items can have. */
export type ItemType = 'interface {}' | 'string' | 'int' | '[]interface {}';

/** A Go slice; one that is nil has no items and is JSON's null. */
export type GoList = {
  readonly kind: 'list';
  readonly item: ItemType;
  readonly items: readonly GoValue[];
  readonly isNil: boolean;
  /** What lies behind the last item in the same memory: slicing can bring it back. */
  readonly hidden?: readonly GoValue[];
};

/** A Go map with string keys; templates can change it. */
export type GoMap = {
  readonly kind: 'map';
  readonly item: 'interface {}' | 'string';
  readonly entries: Map<string, GoValue>;
};

/** A point in time with the zone that it is shown in. */
export type GoTime = { readonly kind: 'time'; readonly nanoseconds: bigint; readonly zone: Zone };

/** An IANA zone's name, `UTC`, `Local`, or an offset that was written in a date. */
export type Zone = string | { readonly name: string; readonly offsetSeconds: number };

/** A semantic version as `semver` makes it. */
export type GoVersion = {
  readonly kind: 'version';
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly prerelease: string;
  readonly metadata: string;
  readonly original: string;
};

/** A certificate and its key, both PEM, as `genCA` and its siblings make them. */
export type GoCertificate = { readonly kind: 'certificate'; readonly certificate: string; readonly key: string };

/**
 * A value in a template, typed as Go types it. A string is Go's: bytes, one character a byte. `null` is Go's nil; `undefined`
 * is what a missing key gives.
 */
export type GoValue =
  | undefined
  | null
  | boolean
  | string
  | GoInteger
  | GoFloat
  | GoList
  | GoMap
  | GoTime
  | GoVersion
  | GoCertificate;

/** A Go `int`. */
export function toInt(value: bigint | number): GoInteger {
  return { kind: 'integer', type: 'int', value: BigInt.asIntN(64, BigInt(value)) };
}

/** A Go `int64`, wrapped around where it is too large. */
export function toInt64(value: bigint | number): GoInteger {
  return { kind: 'integer', type: 'int64', value: BigInt.asIntN(64, BigInt(value)) };
}

/** A Go `float64`. */
export function toFloat(value: number): GoFloat {
  return { kind: 'float', value };
}

/** A Go `[]interface{}`. */
export function toList(items: readonly GoValue[], hidden: readonly GoValue[] = []): GoList {
  return { kind: 'list', item: 'interface {}', items, isNil: false, hidden };
}

/** A Go list whose items have a type of their own. */
export function toTypedList(item: ItemType, items: readonly GoValue[]): GoList {
  return { kind: 'list', item, items, isNil: false };
}

/** A nil slice. */
export function toNilList(item: ItemType): GoList {
  return { kind: 'list', item, items: [], isNil: true };
}

/** A Go `map[string]interface{}`. */
export function toMap(entries: Iterable<readonly [string, GoValue]>): GoMap {
  return { kind: 'map', item: 'interface {}', entries: new Map(entries) };
}

/** A Go `map[string]string`. */
export function toStringMap(entries: Iterable<readonly [string, string]>): GoMap {
  return { kind: 'map', item: 'string', entries: new Map<string, GoValue>(entries) };
}

/** The map's keys in the order of their bytes. */
export function sortedKeys(map: GoMap): readonly string[] {
  return [...map.entries.keys()].sort(compareBytes);
}

/** The order of Go strings, byte by byte. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
