import type { Declarations, DeclaredApplication } from '../model/registry.ts';
import type { DeclaredProject } from './parse-declared.ts';

/** What applications of applications declared, as the store keeps it. */
export type Kept = {
  readonly applications: readonly DeclaredApplication[];
  readonly projects: readonly DeclaredProject[];
};

/** Declarations with what their applications of applications declared when they were last synced; a declared name goes first. */
export function addChildren(declarations: Declarations, kept: Kept): Declarations {
  const names = new Set(declarations.applications.map(({ application }) => application.name));
  const children = descendants(names, kept.applications);
  const parents = new Set([...names, ...children.map(({ application }) => application.name)]);
  const projects = new Set(declarations.projects.map(({ name }) => name));
  const added = kept.projects.filter(
    ({ project, parent }) => parent !== undefined && parents.has(parent) && !projects.has(project.name),
  );
  return {
    ...declarations,
    applications: [...declarations.applications, ...children],
    projects: [...declarations.projects, ...added.map(({ project }) => project)],
  };
}

function descendants(
  parents: ReadonlySet<string>,
  kept: readonly DeclaredApplication[],
): readonly DeclaredApplication[] {
  const children = kept.filter(
    ({ application, parent }) => parent !== undefined && parents.has(parent) && !parents.has(application.name),
  );
  if (children.length === 0) return [];
  const all = new Set([...parents, ...children.map(({ application }) => application.name)]);
  return [...children, ...descendants(all, kept)];
}
