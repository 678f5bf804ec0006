import type { Head } from '../../../shared/model/head.ts';
import type { Ports } from '../../../shared/ports.ts';
import { loadHead } from '../../../shared/state/heads.ts';
import { applicationAt, type Place } from './place.ts';

/** The head of the application of a place; undefined before its first sync. */
export async function headOf(place: Place, { store }: Ports): Promise<Head | undefined> {
  return (await loadHead(store, applicationAt(place).name))?.head;
}
