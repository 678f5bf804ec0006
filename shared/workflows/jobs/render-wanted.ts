import { attempt } from '../../apply/attempt.ts';
import { isWorthAnotherTry, messageOf, PlumbError } from '../../errors.ts';
import type { WantedByGit } from '../../model/wanted.ts';
import type { Ports } from '../../ports.ts';
import { saveWanted, specOf } from '../../state/wanted.ts';
import type { Followed } from '../serve/follow.ts';
import { renderApplication } from '../sync/render.ts';

/** What Git made of an application before this look, read before Git was asked; undefined: it was never looked at. */
export type WantedBefore = { readonly wanted: WantedByGit; readonly etag: string } | undefined;

/** `lost`: somebody else looked at the same time, and it has to be looked at again. */
export type WantedNow =
  | { readonly is: 'news'; readonly wanted: WantedByGit }
  | { readonly is: 'same' }
  | { readonly is: 'lost' };

/**
 * Renders an application, and says in the store what came of it where that is news. What may pass by itself is thrown. As what was
 * there was read before Git was asked, an older answer never takes the place of a newer one.
 */
export async function renderWanted(
  { declared: { application }, project }: Followed,
  before: WantedBefore,
  { origin, ports }: { readonly origin: string; readonly ports: Ports },
): Promise<WantedNow> {
  const spec = specOf(application, project);
  const tried = await attempt(renderApplication({ application, project }, ports));
  // Only what was foreseen is said of an application.
  if (!tried.ok && isWorthAnotherTry(tried.error)) throw tried.error;
  const content = tried.ok ? renderedOf(spec, tried.value) : problemOf(spec, tried.error, before);
  if (isSame(content, before?.wanted)) return { is: 'same' };
  const at = ports.clock.now().toISOString();
  const wanted: WantedByGit = { application: application.name, project: project.name, ...content, at, origin };
  return (await saveWanted(ports.store, wanted, before?.etag)) ? { is: 'news', wanted } : { is: 'lost' };
}

type Content = Pick<WantedByGit, 'rendered' | 'problem'>;

function renderedOf(spec: string, outcome: Awaited<ReturnType<typeof renderApplication>>): Content {
  const { sources, render, warnings, tools = { helm: '', kustomize: '' } } = outcome;
  return { rendered: { spec, sources, renderDigest: render.digest, warnings, tools } };
}

/** What was rendered before stays, for those who only repair. */
function problemOf(spec: string, error: unknown, before: WantedBefore): Content {
  const hint = error instanceof PlumbError ? error.hint : undefined;
  const rendered = before?.wanted.rendered;
  return {
    ...(rendered === undefined ? {} : { rendered }),
    problem: { spec, message: messageOf(error), ...(hint === undefined ? {} : { hint }) },
  };
}

function isSame(content: Content, before: WantedByGit | undefined): boolean {
  return before !== undefined && contentText(content) === contentText(before);
}

function contentText({ rendered, problem }: Content): string {
  return JSON.stringify([rendered, problem]);
}
