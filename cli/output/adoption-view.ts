import { formatRef } from '../../shared/model/object-ref.ts';
import type { DeclaredApplication } from '../../shared/model/registry.ts';
import type { Adoption } from '../../shared/workflows/adopt/adopt.ts';
import type { AdoptedApplication } from '../../shared/workflows/adopt/adopt-application.ts';
import type { Colours } from './colours.ts';
import { formatTable } from './table.ts';

type Looks = {
  readonly dryRun: boolean;
  readonly colours: Colours;
  /** Undefined: nobody said where applications are declared. */
  readonly declared: readonly DeclaredApplication[] | undefined;
};

/** `plumb adopt` as a table: a line for each application. */
export function formatAdoption({ applications }: Adoption, { dryRun, colours, declared }: Looks): string {
  const head = ['APPLICATION', 'PROJECT', 'OBJECTS', dryRun ? 'WOULD ADD' : 'ADDED', 'NOTE'];
  const names = declared && new Set(declared.map(({ application }) => application.name));
  return formatTable(
    head.map((title) => colours.bold(title)),
    applications.map((each) => [
      each.application,
      each.project,
      String(each.objects),
      String(each.added),
      noteOf(each, names),
    ]),
  );
}

function noteOf(
  { application, leftAlone, notes }: AdoptedApplication,
  declared: ReadonlySet<string> | undefined,
): string {
  return [
    ...(leftAlone === undefined ? [] : [`left alone: ${leftAlone}`]),
    ...notes,
    ...(declared === undefined || declared.has(application) ? [] : ['not declared']),
  ].join('; ');
}

/** What `plumb adopt -o json` prints. */
export function adoptionRecord({ cluster, applications, kinds, unknown, stray, foreign }: Adoption): object {
  return {
    cluster,
    applications: applications.map(({ leftAlone, ...each }) => ({ ...each, leftAlone: leftAlone ?? null })),
    kinds,
    unknown,
    stray: stray.map(({ ref, reason }) => ({ ...ref, reason })),
    foreign,
  };
}

/** What a person should know beside the table. */
export function adoptionNotices({ unknown, stray, foreign }: Adoption): readonly string[] {
  return [
    ...unknown.map(({ what, message }) => `unknown: ${message.includes(what) ? message : `${what}: ${message}`}`),
    ...stray.map(({ ref, reason }) => `left alone: ${formatRef(ref)}: ${reason}`),
    ...(foreign === 0 ? [] : [`left alone: ${foreign} with a tracking id that plumb did not write, such as Argo CD's`]),
  ];
}

/** True when everything could be read, and no application's state was left alone. */
export function isWhole({ applications, unknown }: Adoption): boolean {
  return unknown.length === 0 && applications.every(({ leftAlone }) => leftAlone === undefined);
}
