import { GitError, SyncError } from '../../errors.ts';
import type { Head } from '../../model/head.ts';
import type { Pin, Refusal } from '../../model/pin.ts';
import { emptyRender, type RenderedSources } from '../../model/render.ts';
import { wantedSource } from '../../plan/wanted-source.ts';
import type { Ports } from '../../ports.ts';
import { type RenderApplicationRequest, renderApplication } from './render.ts';
import { renderedElsewhere } from './rendered-elsewhere.ts';
import { deployedRender, renderOfPin } from './snapshot-render.ts';
import { tell } from './tell.ts';

/** What an application shall be. */
export type Wanted = {
  readonly rendered: RenderedSources;
  /** True: to deploy it is to go on from the pin. Default false. */
  readonly endsPin?: boolean;
};

/**
 * What an application shall be now: what Git says, or the snapshot that it is pinned to, or, where Git has gone back to what was
 * refused, what is deployed. A revision that is asked for by name is Git's, whatever is pinned.
 */
export async function wantedRender(request: RenderApplicationRequest, head: Head, ports: Ports): Promise<Wanted> {
  const { pin } = head;
  if (request.revision !== undefined) return { rendered: await renderApplication(request, ports) };
  if (pin?.until === 'unpinned') return { rendered: await pinnedRender(head, pin, ports) };
  try {
    return await wantedNow(request, head, ports);
  } catch (error) {
    if (pin === undefined || !(error instanceof GitError)) throw error;
    tellAway(error, head, ports);
    return { rendered: await pinnedRender(head, pin, ports) };
  }
}

async function wantedNow(request: RenderApplicationRequest, head: Head, ports: Ports): Promise<Wanted> {
  const git = await (ports.rendersElsewhere === true ? renderedElsewhere : renderApplication)(request, ports);
  const { sources } = git;
  const declared = request.application.sources;
  const source = wantedSource(head, { renderDigest: git.render.digest, sources, declared });
  if (source.from === 'git') return { rendered: git, endsPin: source.endsPin };
  if (source.from === 'snapshot') return { rendered: await pinnedRender(head, source.pin, ports) };
  return { rendered: await heldRender(head, source.refusal, ports) };
}

/** A pin stays while Git cannot be read: nobody knows that Git has moved on. */
function tellAway(error: GitError, { application }: Head, { reporter }: Ports): void {
  const message = `whether Git has moved on is not known: ${error.message}`;
  reporter.report({ type: 'notice', level: 'warning', application, message });
}

async function pinnedRender({ application }: Head, pin: Pin, ports: Ports): Promise<RenderedSources> {
  const what = pin.until === 'unpinned' ? 'until it is unpinned' : 'until Git moves on';
  tell(ports, application, `kept at snapshot ${pin.snapshot} ${what}: ${pin.why}`);
  return renderOfPin(application, pin, ports.store);
}

async function heldRender(head: Head, refusal: Refusal, ports: Ports): Promise<RenderedSources> {
  const { application } = head;
  const revision = refusal.sources[0]?.revision.slice(0, 12) ?? '';
  const message = `Git wants again what was refused (${revision}: ${refusal.why})`;
  const deployed = await deployedRender(head, ports.store);
  if (deployed === undefined || deployed.render.digest === emptyRender.digest)
    throw new SyncError('sync-failed', `${application}: ${message}, and nothing else is deployed`, {
      object: application,
      hint: `to accept it: plumb unpin ${application}`,
    });
  tell(ports, application, `${message}; it stays as it is, and plumb unpin ${application} accepts it`);
  return deployed;
}
