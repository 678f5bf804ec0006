import type { StateEvent } from '../../../shared/model/state-event.ts';

/** An event that is whole. */
export function aStateEvent(more: Partial<StateEvent> = {}): StateEvent {
  return {
    type: 'plumbline.drifted',
    version: 1,
    id: 'e-1',
    at: '2026-11-26T10:00:00.000Z',
    application: 'shop',
    project: 'default',
    cluster: 'prod',
    revisions: ['3f2a1bc'],
    sync: 'OutOfSync',
    health: 'Healthy',
    message: 'ConfigMap shop/web was changed.',
    ...more,
  };
}
