import type { Render } from '../model/render.ts';
import { toCanonicalRender } from './canonical-render.ts';
import type { PreparedRender, RenderedPart, RenderPorts } from './render-request.ts';

/** Renders all sources in their order, each in a private folder, and brings their manifests together in canonical order. */
export async function runRender(
  prepared: PreparedRender,
  ports: RenderPorts,
): Promise<{ readonly render: Render; readonly warnings: readonly string[] }> {
  const parts: RenderedPart[] = [];
  for (const part of prepared.parts) parts.push(await part.render(ports));
  const { render, warnings } = toCanonicalRender(parts.flatMap(({ manifests }) => manifests));
  return { render, warnings: [...parts.flatMap((part) => part.warnings), ...warnings] };
}
