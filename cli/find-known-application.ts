import { type Chosen, chooseApplication, isKnown } from './choose-applications.ts';
import { loadDeclarationsIfThere } from './load-declarations.ts';
import type { Session } from './session.ts';

/** As it is declared, where the options say so and Git is there; else the store alone knows enough. */
export async function findKnownApplication(session: Session, name: string): Promise<Chosen> {
  const declarations = await loadDeclarationsIfThere(session);
  if (declarations !== undefined && isKnown(declarations, name)) return chooseApplication(declarations, name);
  const { loadLastDeclared } = await import('../shared/workflows/compare/last-declared.ts');
  const known = await loadLastDeclared(name, session.ports());
  if (declarations !== undefined) {
    const message = 'it is not declared (any more), and is taken as its newest snapshot has it';
    session.progress.report({ type: 'notice', level: 'warning', application: name, message });
  }
  return known;
}
