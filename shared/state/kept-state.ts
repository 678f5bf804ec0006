import type { RegisteredCluster } from '../model/registered-cluster.ts';
import type { Declarations, DeclaredApplication } from '../model/registry.ts';
import type { WantedByGit } from '../model/wanted.ts';
import type { ObjectStore } from '../ports.ts';
import { keptClusters } from './clusters.ts';
import { parseDeclarations } from './declared.ts';
import { parseStoredHead, type StoredHead } from './heads.ts';
import { KeptObjects } from './kept-objects.ts';
import { keys } from './keys.ts';
import { parseRefs, type SeenRefs } from './refs.ts';
import { type DeclaredProject, type Kept, parseKept } from './registry.ts';
import { parseWanted } from './wanted.ts';

/** What a process keeps of the store between its jobs, so that what has not changed is not read again. */
export type KeptState = {
  readonly declared: KeptObjects<Declarations>;
  readonly registry: KeptObjects<Kept<DeclaredApplication> | Kept<DeclaredProject>>;
  readonly heads: KeptObjects<StoredHead>;
  readonly wanted: KeptObjects<WantedByGit>;
  readonly refs: KeptObjects<SeenRefs>;
  readonly clusters: KeptObjects<RegisteredCluster>;
  /** When what a cluster serves was last asked, in milliseconds since 1970. */
  readonly discoveredAt: Map<string, number>;
};

/** Nothing is kept yet. */
export function keepState(): KeptState {
  return {
    declared: new KeptObjects(keys.declared, parseDeclarations),
    registry: new KeptObjects(keys.registry, parseKept),
    heads: new KeptObjects(keys.heads, parseStoredHead),
    wanted: new KeptObjects(keys.wanted, parseWanted),
    refs: new KeptObjects(keys.allRefs, parseRefs),
    clusters: keptClusters(),
    discoveredAt: new Map(),
  };
}

/** A store with what is kept of it. */
export type KeptStore = { readonly store: ObjectStore; readonly kept: KeptState };
