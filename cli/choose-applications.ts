import { PlumbError } from '../shared/errors.ts';
import type { Application } from '../shared/model/application.ts';
import type { Project } from '../shared/model/project.ts';
import type { Declarations, DeclaredApplication } from '../shared/model/registry.ts';

/** An application that a command works on, with the project that rules it. */
export type Chosen = {
  readonly application: Application;
  readonly project: Project;
  /** The application of applications that declares it; absent: a person does. */
  readonly parent?: string;
};

/** The application of that name; without a name, the only one that is declared. */
export function chooseApplication(declarations: Declarations, name: string | undefined): Chosen {
  if (name !== undefined) return chooseByName(declarations, name);
  const [only, ...others] = declarations.applications;
  if (only !== undefined && others.length === 0) return withProject(declarations, only);
  if (only === undefined) throw nothingDeclared(declarations);
  throw new PlumbError('usage', `${declarations.applications.length} applications are declared: which one?`, {
    hint: `name one of: ${namesOf(declarations)}`,
  });
}

/** True when something is declared under that name, usable or not. */
export function isKnown({ applications, rejected }: Declarations, name: string): boolean {
  return (
    applications.some(({ application }) => application.name === name) || rejected.some((each) => each.name === name)
  );
}

/** The applications of those names; without names all that are declared if asked for, or the only one. */
export function chooseApplications(
  declarations: Declarations,
  names: readonly string[],
  all: boolean,
): readonly Chosen[] {
  if (all && names.length > 0) throw new PlumbError('usage', 'name applications or give --all, not both');
  if (!all && names.length === 0) return [chooseApplication(declarations, undefined)];
  if (!all) return [...new Set(names)].map((name) => chooseByName(declarations, name));
  if (declarations.applications.length === 0) throw nothingDeclared(declarations);
  return declarations.applications.map((declared) => withProject(declarations, declared));
}

function chooseByName(declarations: Declarations, name: string): Chosen {
  const found = declarations.applications.find(({ application }) => application.name === name);
  if (found !== undefined) return withProject(declarations, found);
  const rejected = declarations.rejected.find((entry) => entry.name === name);
  if (rejected !== undefined) throw rejected.error;
  const known =
    declarations.applications.length === 0
      ? 'no usable application is declared'
      : `declared are: ${namesOf(declarations)}`;
  throw new PlumbError('usage', `no application "${name}" is declared`, {
    object: name,
    hint: `${known}; plumb list shows them`,
  });
}

function withProject({ projects }: Declarations, { application, parent }: DeclaredApplication): Chosen {
  const project = projects.find(({ name }) => name === application.project);
  if (project !== undefined) return { application, project, ...(parent === undefined ? {} : { parent }) };
  throw new PlumbError('application-invalid', `${application.name}: there is no AppProject "${application.project}"`, {
    object: application.name,
    hint: 'declare the AppProject beside the application, or correct spec.project',
  });
}

function nothingDeclared({ rejected }: Declarations): PlumbError {
  const hint =
    rejected.length === 0 ? 'look at what -f or --control names' : 'correct the manifests that the warnings name';
  return new PlumbError('usage', 'no usable application is declared', { hint });
}

const shownNames = 20;

function namesOf({ applications }: Declarations): string {
  const names = applications.map(({ application }) => application.name).sort();
  const more = names.length > shownNames ? `, … and ${names.length - shownNames} more` : '';
  return names.slice(0, shownNames).join(', ') + more;
}
