import { describe, expect, it } from '@jest/globals';
import type { ObjectResult } from '../../../shared/model/change.ts';
import type { Operation } from '../../../shared/model/operation.ts';
import type { SnapshotNote } from '../../../shared/model/snapshot.ts';
import { isSnapshotDue } from '../../../shared/plan/snapshot-due.ts';
import { noteFor, operationOf } from './heads.ts';

const result = (action: ObjectResult['action']): ObjectResult => ({
  ref: { group: '', kind: 'ConfigMap', namespace: 'shop', name: action },
  wave: 0,
  action,
  message: '',
});

describe('a snapshot is due', () => {
  const failed = (...actions: readonly ObjectResult['action'][]): Operation =>
    operationOf('B', { phase: 'Failed', results: actions.map(result) });
  it.each<[what: string, operation: Operation, newest: SnapshotNote | undefined, isDue: boolean]>([
    ['after the first sync', operationOf('A'), undefined, true],
    ['after a sync of another render', operationOf('B'), noteFor('A'), true],
    ['not after a repair of the same render', operationOf('A', { reason: 'drift' }), noteFor('A'), false],
    ['after the same render has succeeded at last', operationOf('A'), noteFor('A', { outcome: 'Failed' }), true],
    ['not after a sync of selected objects', operationOf('B', { selected: [':*:x'] }), noteFor('A'), false],
    ['not while it goes on', operationOf('B', { phase: 'Running' }), noteFor('A'), false],
    ['after a failure that changed something', failed('configured', 'failed'), noteFor('A'), true],
    ['after a failure that pruned something', failed('pruned', 'failed'), noteFor('A'), true],
    ['not after a failure that changed nothing', failed('failed', 'skipped'), noteFor('A'), false],
    ['not after a failure before any object', failed(), undefined, false],
  ])('%s', (_, operation, newest, isDue) => expect(isSnapshotDue(operation, newest)).toBe(isDue));
});
