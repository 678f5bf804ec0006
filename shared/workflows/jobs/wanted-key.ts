import { keys } from '../../state/keys.ts';
import type { Followed } from '../serve/follow.ts';

/** Where the store has what Git makes of an application. */
export function wantedKey({ declared, project }: Followed): string {
  return keys.wantedOf(project.name, declared.application.name);
}
