import type { StateEventType } from '../shared/model/state-event.ts';
import type { Announcer } from '../shared/queue-ports.ts';
import { count } from './middleware.ts';

const metricsOf: { readonly [type in StateEventType]: readonly string[] } = {
  'plumbline.sync.succeeded': ['SyncsSucceeded'],
  'plumbline.sync.failed': ['SyncsFailed'],
  'plumbline.repaired': ['SyncsSucceeded', 'Repairs'],
  'plumbline.rolled-back': ['SyncsSucceeded'],
  'plumbline.restored': ['SyncsSucceeded'],
  'plumbline.drifted': [],
  'plumbline.health': [],
};

/** Counts what is told, for the alarms. */
export function countingAnnouncer(announcer: Announcer): Announcer {
  return {
    announce: async (events) => {
      await announcer.announce(events);
      for (const { type } of events) for (const name of metricsOf[type]) count(name, 1);
    },
  };
}
