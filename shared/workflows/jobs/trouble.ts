import { adviceOf, messageOf, PlumbError } from '../../errors.ts';
import { type Head, newHead } from '../../model/head.ts';
import type { Ports } from '../../ports.ts';
import { loadHead, saveHead } from '../../state/heads.ts';
import type { Followed } from '../serve/follow.ts';
import { done, type JobEnd } from './job-end.ts';

/** How soon it is tried again when another worker has the application. */
const lockedMs = 15_000;
/** How soon what may pass by itself is tried again. */
const passingMs = 30_000;
/** Further tries are for the next scan. */
const mostTries = 3;

type Failing = { readonly followed: Followed; readonly attempt: number };

/** What is to become of a job that could not be done, after the reason is told, and kept where people look for it. */
export async function endAfterTrouble(error: unknown, failing: Failing, ports: Ports): Promise<JobEnd> {
  const { name } = failing.followed.declared.application;
  const code = error instanceof PlumbError ? error.code : undefined;
  if (code === 'sync-locked') return { is: 'again', afterMs: lockedMs, waitsFor: messageOf(error) };
  // Whoever renders has it synced.
  if (code === 'render-pending') return done;
  ports.reporter.report({ type: 'notice', level: 'error', application: name, message: adviceOf(error) });
  const mayPass = !(error instanceof PlumbError) || error.retryable;
  if (mayPass && failing.attempt < mostTries) return { is: 'again', afterMs: passingMs, waitsFor: messageOf(error) };
  await keepTrouble(failing.followed, messageOf(error), ports);
  return error instanceof PlumbError ? done : { is: 'hopeless', reason: messageOf(error) };
}

/** Who is faster with better news is right. */
async function keepTrouble({ declared, project }: Followed, message: string, { store }: Ports): Promise<void> {
  const { application } = declared;
  const loaded = await loadHead(store, application.name);
  const cluster = application.destination.name ?? application.destination.server ?? '';
  const head = loaded?.head ?? newHead(application.name, project.name, cluster);
  const sync: Head['sync'] = { code: 'Unknown', message };
  if (JSON.stringify(head.sync) === JSON.stringify(sync)) return;
  await saveHead(store, { ...head, sync }, loaded?.etag ?? 'absent');
}
