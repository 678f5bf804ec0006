import { type Application, hasSyncOption } from '../model/application.ts';
import type { Manifest } from '../model/manifest.ts';
import { groupOf } from '../model/object-ref.ts';
import { definedKind } from './kind-lookup.ts';
import { syncWave } from './sync-wave.ts';

/** What the order looks at: of an application, what others may need and what it needs of others. */
export type OrderedApplication = {
  readonly name: string;
  readonly parent?: string;
  /** That of the Application object; it counts among the children of one parent. */
  readonly wave: number;
  /** As `group/Kind`. */
  readonly definesKinds: readonly string[];
  readonly usesKinds: readonly string[];
  readonly bringsNamespaces: readonly string[];
  readonly needsNamespaces: readonly string[];
};

/** From what is weakest to what is strongest: where applications wait for each other in a circle, the weakest goes first. */
const reasons = ['wave', 'parent', 'namespace', 'kind'] as const;
export type OrderReason = (typeof reasons)[number];

/** `after` is restored after `before`. */
export type OrderEdge = { readonly before: string; readonly after: string; readonly why: OrderReason };

export type RestoreOrder = {
  /** Applications of one layer need nothing of each other. Each sorted by name. */
  readonly layers: readonly (readonly string[])[];
  /** All that counted; for each two applications the strongest reason. */
  readonly edges: readonly OrderEdge[];
  /** What could not be kept, because applications wait for each other in a circle. */
  readonly broken: readonly OrderEdge[];
};

/** What the order needs to know of an application and its manifests. */
export function toOrdered(
  { application, parent }: { readonly application: Application; readonly parent?: string },
  manifests: readonly Manifest[],
): OrderedApplication {
  const { destination, syncPolicy, annotations, name } = application;
  const makesOwn = hasSyncOption(syncPolicy.syncOptions, 'CreateNamespace');
  const places = manifests.map(({ metadata }) => metadata.namespace ?? destination.namespace);
  const needed = makesOwn ? places.filter((place) => place !== destination.namespace) : places;
  const namespaces = manifests.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Namespace');
  const kinds = manifests.flatMap((manifest) => definedKind(manifest) ?? []);
  return {
    name,
    ...(parent === undefined ? {} : { parent }),
    wave: syncWave({ apiVersion: '', kind: '', metadata: { name, annotations } }),
    definesKinds: unique(kinds.map(({ group, kind }) => `${group}/${kind}`)),
    usesKinds: unique(manifests.map(({ apiVersion, kind }) => `${groupOf(apiVersion)}/${kind}`)),
    bringsNamespaces: unique(namespaces.map(({ metadata }) => metadata.name)),
    needsNamespaces: unique(needed.filter((place) => place !== '')),
  };
}

/**
 * Applications in layers: an application of applications before its children, children by their sync waves, who brings a CRD or
 * a Namespace before who needs it. Each application exactly once; the same order on every machine.
 */
export function orderRestore(applications: readonly OrderedApplication[]): RestoreOrder {
  const edges = [...strongest([...parentEdges(applications), ...waveEdges(applications), ...needEdges(applications)])];
  edges.sort(compareEdges);
  const layers: (readonly string[])[] = [];
  const broken: OrderEdge[] = [];
  let left = applications.map(({ name }) => name).sort();
  let open = edges;
  while (left.length > 0) {
    const waiting = new Set(open.map(({ after }) => after));
    const layer = left.filter((name) => !waiting.has(name));
    if (layer.length === 0) {
      const weakest = weakestOfCircle(open);
      broken.push(weakest);
      open = open.filter((edge) => edge !== weakest);
      continue;
    }
    layers.push(layer);
    left = left.filter((name) => waiting.has(name));
    open = open.filter(({ before }) => waiting.has(before));
  }
  return { layers, edges: edges.filter((edge) => !broken.includes(edge)), broken };
}

function parentEdges(applications: readonly OrderedApplication[]): readonly OrderEdge[] {
  const known = new Set(applications.map(({ name }) => name));
  return applications.flatMap(({ name, parent }) =>
    parent === undefined || parent === name || !known.has(parent)
      ? []
      : [{ before: parent, after: name, why: 'parent' }],
  );
}

/** Between the children of one parent, from each wave to the next. */
function waveEdges(applications: readonly OrderedApplication[]): readonly OrderEdge[] {
  const families = Map.groupBy(
    applications.filter(({ parent }) => parent !== undefined),
    ({ parent }) => parent,
  );
  return [...families.values()].flatMap((children) => {
    const byWave = [...Map.groupBy(children, ({ wave }) => wave).entries()].sort(([a], [b]) => a - b);
    return byWave.slice(1).flatMap(([, later], index) => {
      const earlier = byWave[index]?.[1] ?? [];
      return earlier.flatMap((before) =>
        later.map((after): OrderEdge => ({ before: before.name, after: after.name, why: 'wave' })),
      );
    });
  });
}

function needEdges(applications: readonly OrderedApplication[]): readonly OrderEdge[] {
  const definers = indexBy(applications, ({ definesKinds }) => definesKinds);
  const bringers = indexBy(applications, ({ bringsNamespaces }) => bringsNamespaces);
  return applications.flatMap((application) => [
    ...needs(application.name, application.usesKinds, definers).map((before) => edge(before, application, 'kind')),
    ...needs(application.name, application.needsNamespaces, bringers).map((before) =>
      edge(before, application, 'namespace'),
    ),
  ]);
}

function edge(before: string, { name }: OrderedApplication, why: OrderReason): OrderEdge {
  return { before, after: name, why };
}

type Providers = ReadonlyMap<string, readonly string[]>;

function indexBy(
  applications: readonly OrderedApplication[],
  keysOf: (application: OrderedApplication) => readonly string[],
): Providers {
  const pairs = applications.flatMap((application) =>
    keysOf(application).map((key) => ({ key, name: application.name })),
  );
  return new Map([...Map.groupBy(pairs, ({ key }) => key)].map(([key, found]) => [key, found.map(({ name }) => name)]));
}

/** The others that provide what an application needs and does not bring itself. */
function needs(name: string, wanted: readonly string[], providers: Providers): readonly string[] {
  const found = wanted.map((key) => providers.get(key) ?? []).filter((names) => !names.includes(name));
  return unique(found.flat());
}

/** One edge for each two applications. */
function strongest(edges: readonly OrderEdge[]): Iterable<OrderEdge> {
  const byPair = new Map<string, OrderEdge>();
  for (const found of edges) {
    const pair = `${found.before}\n${found.after}`;
    const known = byPair.get(pair);
    if (known === undefined || reasons.indexOf(known.why) < reasons.indexOf(found.why)) byPair.set(pair, found);
  }
  return byPair.values();
}

/** Every application that is left waits, so walking back from any of them ends in a circle. The edges are sorted, weakest first. */
function weakestOfCircle(open: readonly OrderEdge[]): OrderEdge {
  const edgeInto = new Map(open.map((found) => [found.after, found]));
  const path: OrderEdge[] = [];
  const passed = new Map<string, number>();
  let current = open[0] as OrderEdge;
  while (!passed.has(current.after)) {
    passed.set(current.after, path.length);
    path.push(current);
    current = edgeInto.get(current.before) as OrderEdge;
  }
  const circle = path.slice(passed.get(current.after));
  return circle.sort(compareEdges)[0] as OrderEdge;
}

function compareEdges(a: OrderEdge, b: OrderEdge): number {
  return (
    reasons.indexOf(a.why) - reasons.indexOf(b.why) || compareText(a.before, b.before) || compareText(a.after, b.after)
  );
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
