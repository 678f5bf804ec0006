import type { Render } from '../../model/render.ts';
import type { Ports } from '../../ports.ts';
import type { PreparedRender } from '../../render/render-request.ts';
import { runRender } from '../../render/run-render.ts';
import { findRender, loadRender, rememberRender, saveRender } from '../../state/renders.ts';

/** A render, and what people should know of it. */
export type RenderWithWarnings = { readonly render: Render; readonly warnings: readonly string[] };

/** An earlier render of the same inputs; undefined: none is kept. */
export async function findKeptRender(
  { inputKey }: PreparedRender,
  project: string,
  { store }: Ports,
): Promise<RenderWithWarnings | undefined> {
  const found = await findRender(store, project, inputKey);
  const render = found && (await loadRender(store, project, found.digest));
  return found && render && { render, warnings: found.warnings };
}

/** Runs the tools, and keeps what they made under its inputs. */
export async function renderAnew(prepared: PreparedRender, project: string, ports: Ports): Promise<RenderWithWarnings> {
  const { render, warnings } = await runRender(prepared, ports);
  await saveRender(ports.store, project, render);
  await rememberRender(ports.store, project, { inputKey: prepared.inputKey, digest: render.digest, warnings });
  return { render, warnings };
}
