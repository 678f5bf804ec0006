import type { Declarations } from '../../model/registry.ts';
import type { Followed } from './follow.ts';

/** The declared applications by name, each with the project that rules it. */
export function followedApplications({ applications, projects }: Declarations): ReadonlyMap<string, Followed> {
  const byName = new Map(projects.map((project) => [project.name, project]));
  return new Map(
    applications.flatMap((declared) => {
      const project = byName.get(declared.application.project);
      return project === undefined ? [] : [[declared.application.name, { declared, project }] as const];
    }),
  );
}
