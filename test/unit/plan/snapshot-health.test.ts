import { describe, expect, it } from '@jest/globals';
import type { Head } from '../../../shared/model/head.ts';
import type { SnapshotNote } from '../../../shared/model/snapshot.ts';
import type { HealthCode } from '../../../shared/model/status.ts';
import { rememberHealth } from '../../../shared/plan/snapshot-health.ts';
import { headAt, noteFor, operationOf } from './heads.ts';

describe('the health of the newest snapshot', () => {
  const seen = (code: HealthCode, given: Partial<Head> = {}): SnapshotNote | undefined =>
    rememberHealth(
      headAt('A', {
        health: { code, message: '' },
        snapshots: [noteFor('A', { name: 'S0' }), noteFor('A', { health: 'Progressing' })],
        ...given,
      }),
    ).snapshots.at(-1);

  it.each<HealthCode>(['Healthy', 'Degraded', 'Suspended', 'Missing', 'Unknown'])(
    'is noted as it is seen: %s',
    (code) => expect(seen(code)?.health).toBe(code),
  );

  it.each<[what: string, given: Partial<Head>]>([
    ['ran once', { snapshots: [noteFor('A')] }],
    ['failed', { snapshots: [noteFor('A', { outcome: 'Failed', health: 'Degraded' })] }],
    ['is not what is deployed', { snapshots: [noteFor('B', { health: 'Progressing' })] }],
    ['is being replaced', { operation: operationOf('B', { phase: 'Running' }) }],
  ])('stays as it is when it %s', (_, given) => {
    const head = headAt('A', { health: { code: 'Degraded', message: '' }, ...given });
    const before = given.snapshots ?? [noteFor('A', { health: 'Progressing' })];
    expect(rememberHealth({ ...head, snapshots: before }).snapshots).toBe(before);
  });

  it('leaves the notes of the others alone, and a head without any', () => {
    const first = noteFor('A', { name: 'S0', health: 'Progressing' });
    const head = headAt('A', { snapshots: [first, noteFor('A', { health: 'Progressing' })] });
    expect(rememberHealth(head).snapshots).toEqual([first, noteFor('A')]);
    const none = headAt('A', { snapshots: [] });
    expect(rememberHealth(none)).toBe(none);
  });
});
