import type { ClusterEndpoint } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import type { Destination } from '../../model/application.ts';

/** An EKS cluster that Applications may be deployed to, as the operator names it. */
export type RegisteredCluster = (
  | { readonly arn: string }
  | {
      readonly name: string;
      readonly region: string;
    }
) & {
  /** Assumed to look at the cluster and to be let in: that of another account, or one of each operation's own session. */
  readonly role?: string;
  readonly externalId?: string;
  /** What Applications may call it besides its ARN, its name and its server. */
  readonly aliases?: readonly string[];
  /** Where it is, if that is known already: then AWS is not asked, but after its certificate has changed. */
  readonly endpoint?: ClusterEndpoint;
};

/** A registered cluster with its name taken apart. */
export type EksCluster = {
  /** The ARN, or `<name>.<region>` where it is not known. */
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly account?: string;
  readonly role?: string;
  readonly externalId?: string;
  readonly aliases: readonly string[];
  readonly endpoint?: ClusterEndpoint;
};

const arnForm = /^arn:aws[\w-]*:eks:([\w-]+):(\d{12}):cluster\/([\w-]+)$/;
const nameForm = /^[A-Za-z0-9][\w-]{0,99}$/;
const regionForm = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/** Takes names and ARNs apart. A PlumbError `usage` for what is neither, and for a cluster that is there twice. */
export function parseClusters(registered: readonly RegisteredCluster[]): readonly EksCluster[] {
  const clusters = registered.map(parseCluster);
  const twice = clusters.find(({ id }, index) => clusters.findIndex((other) => other.id === id) !== index);
  if (twice === undefined) return clusters;
  throw new PlumbError('usage', `EKS cluster ${twice.id} is registered twice`, {
    object: twice.id,
    hint: 'Leave one of the two entries out.',
  });
}

function parseCluster(registered: RegisteredCluster): EksCluster {
  const { role, externalId, aliases = [], endpoint } = registered;
  const more = {
    aliases,
    ...(role === undefined ? {} : { role }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  if (!('arn' in registered)) {
    const { name, region } = registered;
    if (!nameForm.test(name) || !regionForm.test(region)) throw malformed(`${name} in ${region}`);
    return { id: `${name}.${region}`, name, region, ...more };
  }
  const [, region, account, name] = arnForm.exec(registered.arn) ?? [];
  if (region === undefined || account === undefined || name === undefined) throw malformed(registered.arn);
  return { id: registered.arn, name, region, account, ...more };
}

function malformed(written: string): PlumbError {
  return new PlumbError('usage', `"${written}" is no EKS cluster`, {
    object: written,
    hint: 'Write arn:aws:eks:<region>:<account>:cluster/<name>, or a name and a region.',
  });
}

/** How a destination means clusters: by a name of theirs, or by the server that each has to be asked about. */
export type Meant =
  | { readonly by: 'name'; readonly cluster: EksCluster | undefined }
  | { readonly by: 'server'; readonly server: string; readonly candidates: readonly EksCluster[] };

/** Which clusters a destination can mean. A name of several is a PlumbError `cluster-unknown`. */
export function findMeant(clusters: readonly EksCluster[], { name, server }: Destination): Meant {
  const called = name ?? server ?? '';
  const named = clusters.filter(({ id, aliases }) => id === called || aliases.includes(called));
  const found = named.length > 0 ? named : clusters.filter((cluster) => cluster.name === called);
  if (found.length > 1) throw ambiguous(called, found);
  if (found.length === 1 || name !== undefined || !URL.canParse(called)) return { by: 'name', cluster: found[0] };
  const wanted = normaliseServer(called);
  const region = /\.([a-z]{2,}(?:-[a-z]+)+-\d+)\.(?:eks\.amazonaws\.|api\.)/.exec(new URL(wanted).host)?.[1];
  const candidates = clusters.filter((cluster) => region === undefined || cluster.region === region);
  return { by: 'server', server: wanted, candidates };
}

/** A server in the one form in which equal servers are equal: hosts of EKS are shown in capitals. */
export function normaliseServer(server: string): string {
  const { origin, pathname } = new URL(server);
  return origin + pathname.replace(/\/+$/, '');
}

function ambiguous(called: string, found: readonly EksCluster[]): PlumbError {
  const ids = found.map(({ id }) => id).join(', ');
  return new PlumbError('cluster-unknown', `Several clusters are called "${called}": ${ids}`, {
    object: called,
    hint: 'Write the ARN of the one that is meant as destination.name.',
  });
}
