import type { Declarations } from '../../model/registry.ts';
import { addChildren } from '../../registry/add-children.ts';
import type { KeptStore } from '../../state/kept-state.ts';
import { keys } from '../../state/keys.ts';
import type { Followed } from '../serve/follow.ts';
import { followedApplications } from '../serve/followed-applications.ts';

/** All that is declared in the control repository and by applications of applications; undefined: it was never read. */
export async function loadDeclarations({ store, kept }: KeptStore): Promise<Declarations | undefined> {
  const [control, registry] = await Promise.all([kept.declared.load(store), kept.registry.load(store)]);
  // What is declared is not known then, and nothing can be said to be declared no more.
  if (control.unreadable[0] !== undefined) throw control.unreadable[0].error;
  const declared = control.found.get(keys.declared);
  if (declared === undefined) return undefined;
  const found = [...registry.found.values()];
  const children = addChildren(declared, {
    applications: found.flatMap((each) => ('application' in each ? [each] : [])),
    projects: found.flatMap((each) => ('project' in each ? [each] : [])),
  });
  const unreadable = registry.unreadable.map(({ key, error }) => ({ name: key, origin: key, error }));
  return { ...children, rejected: [...children.rejected, ...unreadable] };
}

/** The declared applications by name, each with its project; none where nothing was declared yet. */
export async function loadFollowed(state: KeptStore): Promise<ReadonlyMap<string, Followed>> {
  const declarations = await loadDeclarations(state);
  return declarations === undefined ? new Map() : followedApplications(declarations);
}
