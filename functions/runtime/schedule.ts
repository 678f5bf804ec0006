import { createSqsQueue } from '../../shared/adapters/aws/sqs-queue.ts';
import { systemClock } from '../../shared/adapters/local/clock.ts';
import { parseControl } from '../../shared/registry/parse-control.ts';
import { keepState } from '../../shared/state/kept-state.ts';
import type { SchedulePorts } from '../../shared/workflows/jobs/schedule-looks.ts';
import type { ControlRepository } from '../../shared/workflows/serve/declare.ts';
import { reporter } from '../middleware.ts';
import { settingsOf } from '../runtime.ts';
import { openGit } from './git.ts';
import { once } from './once.ts';
import { openOwnStore } from './own-store.ts';

const settings = settingsOf('schedule');

/** Where applications are declared. */
export const control: ControlRepository = parseControl(settings.PLUMB_CONTROL);

/** Git, of which no more is asked than refs, and the queue of those who render. */
export const openSchedule: () => Promise<SchedulePorts> = once(async () => ({
  git: openGit(settings, '/tmp/plumb/git').git,
  store: await openOwnStore(settings),
  clock: systemClock,
  reporter,
  kept: keepState(),
  renderQueue: createSqsQueue({ url: settings.PLUMB_RENDER_QUEUE }),
}));
