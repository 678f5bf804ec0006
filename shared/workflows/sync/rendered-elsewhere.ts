import { PlumbError, RenderError } from '../../errors.ts';
import type { RenderedSources } from '../../model/render.ts';
import type { ObjectStore } from '../../ports.ts';
import { loadRender } from '../../state/renders.ts';
import { loadWanted, specOf } from '../../state/wanted.ts';
import type { RenderApplicationRequest } from './render.ts';

/**
 * What others made of an application's newest commit. RenderError: they could not; PlumbError `render-pending`: they have not got to
 * what is declared now.
 */
export async function renderedElsewhere(
  { application, project }: RenderApplicationRequest,
  { store }: { readonly store: ObjectStore },
): Promise<RenderedSources> {
  const { name } = application;
  const wanted = (await loadWanted(store, project.name, name))?.wanted;
  const spec = specOf(application, project);
  if (wanted?.problem?.spec === spec) {
    const { message, hint } = wanted.problem;
    throw new RenderError('render-failed', message, { object: name, ...(hint === undefined ? {} : { hint }) });
  }
  if (wanted?.rendered?.spec !== spec) throw pending(name, 'it is not rendered yet as it is declared now');
  const { renderDigest, sources, warnings, tools } = wanted.rendered;
  const render = await loadRender(store, project.name, renderDigest);
  if (render === undefined) throw pending(name, 'the manifests that it was rendered to are not in the store any more');
  return { render, sources, warnings, tools, rendered: false };
}

function pending(application: string, why: string): PlumbError {
  return new PlumbError('render-pending', `${application}: ${why}`, {
    object: application,
    hint: 'it is rendered by itself within minutes; if it is not, look at the log of the function render',
    retryable: true,
  });
}
