import { adviceOf, StoreError } from '../../errors.ts';
import { isSameDeclared, saveDeclared } from '../../state/declared.ts';
import { keys } from '../../state/keys.ts';
import { digestRefs, saveRefs, seenOf } from '../../state/refs.ts';
import { type ControlRepository, declareFromGit } from '../serve/declare.ts';
import type { Followed } from '../serve/follow.ts';
import { loadFollowed } from './declarations.ts';
import type { RenderPorts } from './job-ports.ts';
import { askTogether, followedRefs, type RefsTogether } from './refs-together.ts';
import { type RenderedAll, renderAll } from './render-all.ts';
import { isFloating, isStale, isTroubled } from './unrendered.ts';
import { wantedKey } from './wanted-key.ts';

/** What the control repository is asked for; nothing where a full SHA is declared. */
export function controlRefs({ repoURL, revision }: ControlRepository): ReadonlyMap<string, readonly string[]> {
  return followedRefs([{ repoURL, targetRevision: revision }]);
}

/** What its refs are remembered under: another place in it is news, though none of them has moved. */
export function seenOfControl({ repoURL, revision, path }: ControlRepository): string {
  return seenOf.declarations(`${repoURL}#${revision}:${path}`);
}

/**
 * Reads what the control repository declares, keeps it where it is news, and renders the applications that are new, or declared
 * otherwise than they were rendered, and those that may come to something else with no ref of Git moving.
 */
export async function declareAgain(
  control: ControlRepository,
  origin: string,
  ports: RenderPorts,
): Promise<RenderedAll> {
  const { store } = ports;
  const refs = askTogether(ports.git, controlRefs(control));
  await declareNow(control, refs, ports);
  const followed = await loadFollowed(ports);
  const outcome = await renderStale(followed, origin, ports);
  const digest = digestRefs(await refs.all(control.repoURL));
  if (outcome.pending === 0) await saveRefs(store, { of: seenOfControl(control), digest });
  return outcome;
}

/** What was declared is read before Git is asked, so that an older answer never takes the place of a newer one. */
async function declareNow(control: ControlRepository, git: RefsTogether, ports: RenderPorts): Promise<void> {
  const { store, kept, reporter } = ports;
  await kept.declared.load(store);
  const [before, etag] = [kept.declared.valueOf(keys.declared), kept.declared.etagOf(keys.declared)];
  const declarations = await declareFromGit(control, { ...ports, git });
  const left = declarations.rejected.map(({ origin, error }) => `left out: ${origin}: ${adviceOf(error)}`);
  for (const message of [...declarations.warnings, ...left])
    reporter.report({ type: 'notice', level: 'warning', message });
  if (before !== undefined && isSameDeclared(before, declarations)) return;
  if (!(await saveDeclared(store, declarations, etag))) throw overtaken(control);
}

async function renderStale(
  followed: ReadonlyMap<string, Followed>,
  origin: string,
  ports: RenderPorts,
): Promise<RenderedAll> {
  const { found } = await ports.kept.wanted.load(ports.store);
  await forgetGone([...found.keys()], followed, ports);
  const sources = [...followed.values()].flatMap(({ declared }) => declared.application.sources);
  const ask = (): RefsTogether => askTogether(ports.git, followedRefs(sources));
  const { wanted } = ports.kept;
  const applications = [...followed.values()].filter(
    (each) => isStale(each, wanted) || isTroubled(each, wanted) || isFloating(each.declared.application),
  );
  return renderAll({ applications, origin, ask }, ports);
}

/** What Git makes of applications that nobody declares any more is of no use. */
async function forgetGone(
  kept: readonly string[],
  followed: ReadonlyMap<string, Followed>,
  { store }: RenderPorts,
): Promise<void> {
  const current = new Set([...followed.values()].map(wantedKey));
  await Promise.all(kept.filter((key) => !current.has(key)).map((key) => store.delete(key)));
}

function overtaken({ repoURL }: ControlRepository): StoreError {
  return new StoreError('store-unusable', `${repoURL}: what it declares was read by somebody else meanwhile`, {
    object: repoURL,
    hint: 'it is read again by itself',
    retryable: true,
  });
}
