import { describe, expect, it } from '@jest/globals';
import { coloursFor } from '../../../../cli/output/colours.ts';
import { formatEvent } from '../../../../cli/output/event-view.ts';
import type { StateEvent } from '../../../../shared/model/state-event.ts';
import { sha } from '../examples.ts';

const event: StateEvent = {
  type: 'plumbline.sync.succeeded',
  version: 1,
  id: 'shop/op/Succeeded',
  at: '2026-11-26T10:00:02.000Z',
  application: 'shop',
  project: 'default',
  cluster: 'prod',
  revisions: [sha],
  sync: 'Synced',
  health: 'Healthy',
  message: 'all objects are applied',
  reason: 'git',
};

describe('an event', () => {
  it.each<[string, Partial<StateEvent>, string]>([
    ['a sync', {}, 'synced at 3f2a1bc (git): all objects are applied'],
    [
      'who asked for it',
      { reason: 'manual', origin: 'plumb ada@laptop 1' },
      'synced at 3f2a1bc (manual, plumb ada@laptop 1): all objects are applied',
    ],
    [
      'a failure',
      { type: 'plumbline.sync.failed', message: 'b: forbidden' },
      'sync failed at 3f2a1bc (git): b: forbidden',
    ],
    ['a drift', { type: 'plumbline.drifted', message: '1 differs' }, 'drifted at 3f2a1bc: 1 differs'],
    [
      'a rollback',
      { type: 'plumbline.rolled-back', reason: 'rollback', message: '' },
      'rolled back at 3f2a1bc (rollback)',
    ],
    ['health', { type: 'plumbline.health', health: 'Degraded', message: 'Degraded: web' }, 'Degraded: web'],
    [
      'what has no revision',
      { type: 'plumbline.restored', revisions: [], reason: 'restore' },
      'restored (restore): all objects are applied',
    ],
  ])('tells of %s in one line', (_, given, said) =>
    expect(formatEvent({ ...event, ...given }, coloursFor({}, false))).toBe(`2026-11-26T10:00:02.000Z shop: ${said}\n`),
  );
});
