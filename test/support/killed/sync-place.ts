import { defaultProject } from '../../../shared/model/project.ts';
import type { Ports } from '../../../shared/ports.ts';
import { syncApplication } from '../../../shared/workflows/sync/sync.ts';
import { applicationAt, type Place } from './place.ts';

/** Brings an application of a place to what Git says. */
export async function syncPlace(place: Place, ports: Ports, folder?: string): Promise<void> {
  await syncApplication({ application: applicationAt(place, folder), project: defaultProject, reason: 'git' }, ports);
}
