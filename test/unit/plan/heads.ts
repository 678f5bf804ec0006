import { type Head, newHead } from '../../../shared/model/head.ts';
import type { Operation } from '../../../shared/model/operation.ts';
import type { Pin, Refusal } from '../../../shared/model/pin.ts';
import type { ResolvedSource } from '../../../shared/model/revision.ts';
import type { SnapshotNote } from '../../../shared/model/snapshot.ts';
import { shop } from './samples.ts';

/** Heads and what is in them, where a render's digest is its name: `A`, `B`, … at revision `a`, `b`, … */

export function sourcesOf(digest: string): readonly ResolvedSource[] {
  return [{ repoURL: 'https://git.example/shop.git', path: 'app', revision: digest.toLowerCase().repeat(40) }];
}

export function operationOf(renderDigest: string, given: Partial<Operation> = {}): Operation {
  return {
    id: 'op',
    reason: 'git',
    phase: 'Succeeded',
    sources: sourcesOf(renderDigest),
    renderDigest,
    snapshot: `20260101-000000-000-${renderDigest}`,
    changes: { added: 0, changed: 1, removed: 0 },
    prune: false,
    selected: [],
    cursor: 1,
    attempt: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    message: 'all objects are applied',
    results: [],
    ...given,
  };
}

export function deployedOf(renderDigest: string): NonNullable<Head['deployed']> {
  return { renderDigest, sources: sourcesOf(renderDigest), at: '2026-01-01T00:00:00.000Z' };
}

/** A head that a sync of that render has left, with snapshots of those that went before it. */
export function headAt(renderDigest: string, given: Partial<Head> = {}): Head {
  return {
    ...newHead('shop', 'default', 'prod'),
    sync: { code: 'Synced', message: '' },
    health: { code: 'Healthy', message: '' },
    deployed: deployedOf(renderDigest),
    operation: operationOf(renderDigest),
    snapshots: [noteFor(renderDigest)],
    ...given,
  };
}

export function noteFor(renderDigest: string, given: Partial<SnapshotNote> = {}): SnapshotNote {
  return { name: `S${renderDigest}`, renderDigest, outcome: 'Succeeded', health: 'Healthy', ...given };
}

export function pinTo(renderDigest: string, given: Partial<Pin> = {}): Pin {
  const at = '2026-01-02T00:00:00.000Z';
  return { snapshot: `S${renderDigest}`, renderDigest, until: 'git-moves', at, why: 'by hand', ...given };
}

export function refusalOf(renderDigest: string, given: Partial<Refusal> = {}): Refusal {
  const at = '2026-01-02T00:00:00.000Z';
  return { renderDigest, sources: sourcesOf(renderDigest), declared: shop.sources, at, why: 'by hand', ...given };
}
