import type { Manifest } from '../../shared/model/manifest.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { nameOf } from './inspect.ts';
import type { Stage } from './stage.ts';

/** What somebody does to one object by hand, and what a diff of it has to say. */
type Tampering = {
  readonly kind: string;
  readonly name: RegExp;
  /** The kubectl command that does the same, and what is typed into the editor. */
  readonly verb: 'edit' | 'scale' | 'delete';
  readonly typed: string;
  readonly act: (cluster: ClusterAccess, wanted: Manifest) => Promise<void>;
  readonly shown: readonly string[];
};

export type Tampered = Tampering & { readonly wanted: Manifest };

const newestStore = {
  spec: { template: { spec: { containers: [{ name: 'vector-store', image: 'qdrant/qdrant:latest' }] } } },
};

const tamperings: readonly Tampering[] = [
  {
    kind: 'Deployment',
    name: /^backend$/,
    verb: 'edit',
    typed: 'image: qdrant/qdrant:latest',
    act: (cluster, wanted) => cluster.edit(wanted, newestStore),
    shown: ['qdrant/qdrant:latest', 'qdrant/qdrant:v1.15.1', 'kubectl-edit'],
  },
  {
    kind: 'ConfigMap',
    name: /^prompts-/,
    verb: 'edit',
    typed: 'answer.md: Answer as you like.',
    act: (cluster, wanted) => cluster.edit(wanted, { data: { 'answer.md': 'Answer as you like.\n' } }),
    shown: ['Answer as you like.', 'kubectl-edit'],
  },
  {
    kind: 'StatefulSet',
    name: /^redis$/,
    verb: 'scale',
    typed: '--replicas=0',
    act: (cluster, wanted) => cluster.scale(wanted, 0),
    shown: ['replicas: 0', 'replicas: 1'],
  },
  {
    kind: 'ConfigMap',
    name: /^redis-config$/,
    verb: 'delete',
    typed: '',
    act: (cluster, wanted) => cluster.remove(wanted),
    shown: ['redis.conf'],
  },
  {
    kind: 'Service',
    name: /^backend$/,
    verb: 'delete',
    typed: '',
    act: (cluster, wanted) => cluster.remove(wanted),
    shown: ['targetPort'],
  },
];

/** The objects that are meddled with, as they are wanted. */
export function findTargets(wanted: readonly Manifest[]): readonly Tampered[] {
  return tamperings.map((tampering) => {
    const found = wanted.find(({ kind, metadata }) => kind === tampering.kind && tampering.name.test(metadata.name));
    if (found === undefined) throw new Error(`examples/kotaemon renders no ${tampering.kind} ${tampering.name.source}`);
    return { ...tampering, wanted: found };
  });
}

/** Does all of it, with the requests that kubectl would send, and tells the reader. */
export async function meddle({ narrator, cluster }: Stage, tampered: readonly Tampered[]): Promise<void> {
  for (const { verb, typed, wanted, act } of tampered) {
    await act(cluster, wanted);
    narrator.tell(`  kubectl ${verb.padEnd(7)} ${nameOf(wanted).padEnd(30)} ${typed}`.trimEnd());
  }
}

/** What a person types into the prompts who has not heard of the rollback. */
export async function editPrompts(stage: Stage, wanted: readonly Manifest[]): Promise<void> {
  await meddle(
    stage,
    findTargets(wanted).filter(({ name }) => name.test('prompts-')),
  );
}
