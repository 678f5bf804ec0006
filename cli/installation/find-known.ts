import { type Head, newHead } from '../../shared/model/head.ts';
import type { ClusterAway } from '../../shared/model/registered-cluster.ts';
import type { Declarations } from '../../shared/model/registry.ts';
import { clustersMeant } from '../../shared/plan/find-cluster.ts';
import { loadClusters, loadScanned } from '../../shared/state/clusters.ts';
import { loadHead } from '../../shared/state/heads.ts';
import { loadWanted, specOf } from '../../shared/state/wanted.ts';
import { loadDeclarations } from '../../shared/workflows/jobs/declarations.ts';
import { type Chosen, chooseApplication, isKnown } from '../choose-applications.ts';
import type { Around } from '../output/around-view.ts';
import type { Known } from '../output/head-view.ts';
import { declaredIn } from './find-declared.ts';
import type { Steering } from './steering.ts';

/** What an installation knows of one application; without a name, of the only one that is declared. Undefined: nothing. */
export async function findKnown(name: string | undefined, steering: Steering): Promise<Known | undefined> {
  const declarations = name === undefined ? await declaredIn(steering) : await loadDeclarations(steering);
  const isDeclared = declarations !== undefined && (name === undefined || isKnown(declarations, name));
  const chosen = isDeclared ? chooseApplication(declarations, name) : undefined;
  const loaded = await loadHead(steering.store, chosen?.application.name ?? name ?? '');
  if (loaded === undefined && chosen === undefined) return undefined;
  const head = loaded?.head ?? headOfDeclared(chosen);
  return {
    head,
    ...(chosen === undefined ? {} : { application: chosen.application }),
    around: await lookAround(head, chosen, steering),
  };
}

function headOfDeclared(chosen: Pick<Chosen, 'application'> | undefined): Head {
  const { name = '', project = '', destination } = chosen?.application ?? {};
  return newHead(name, project, destination?.name ?? destination?.server ?? '');
}

async function lookAround(head: Head, chosen: Chosen | undefined, steering: Steering): Promise<Around> {
  const [away, problem] = await Promise.all([
    loadAway(head, chosen, steering),
    chosen === undefined ? undefined : loadProblem(chosen, steering),
  ]);
  return { ...(away === undefined ? {} : { away }), ...(problem === undefined ? {} : { problem }) };
}

async function loadAway(
  { cluster }: Head,
  chosen: Chosen | undefined,
  { store, kept }: Steering,
): Promise<ClusterAway | undefined> {
  const destination = chosen?.application.destination ?? { name: cluster, namespace: '' };
  const [found] = clustersMeant(await loadClusters(store, kept.clusters), destination);
  return found && (await loadScanned(store, found.id))?.scanned.away;
}

async function loadProblem({ application, project }: Chosen, { store }: Steering): Promise<Around['problem']> {
  const wanted = (await loadWanted(store, project.name, application.name))?.wanted;
  if (wanted?.problem === undefined || wanted.problem.spec !== specOf(application, project)) return undefined;
  const { message, hint } = wanted.problem;
  return { message, at: wanted.at, ...(hint === undefined ? {} : { hint }) };
}

/** All that an installation declares, and what it knows that nobody declares any more. */
export function withDeclared(
  heads: ReadonlyMap<string, Head>,
  declarations: Declarations | undefined,
): readonly Known[] {
  const declared = new Map(
    (declarations?.applications ?? []).map(({ application }) => [application.name, application]),
  );
  const known = [...heads.values()].map((head): Known => {
    const application = declared.get(head.application);
    return application === undefined ? { head } : { head, application };
  });
  const fresh = [...declared.values()].filter(({ name }) => !heads.has(name));
  return [...known, ...fresh.map((application) => ({ head: headOfDeclared({ application }), application }))];
}

/** A sentence for each registered cluster that does not answer. */
export async function describeAway({ store, kept }: Steering): Promise<readonly string[]> {
  const clusters = await loadClusters(store, kept.clusters);
  const scanned = await Promise.all(clusters.map(({ id }) => loadScanned(store, id)));
  return scanned.flatMap((each) => {
    const { id, away } = each?.scanned ?? {};
    return away === undefined ? [] : [`cluster ${id} has not answered since ${away.since}: ${away.message}`];
  });
}
