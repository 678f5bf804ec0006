import { describe, expect, it } from '@jest/globals';
import type { Destination } from '../../../shared/model/application.ts';
import type { RegisteredCluster } from '../../../shared/model/registered-cluster.ts';
import { clustersMeant } from '../../../shared/plan/find-cluster.ts';

const arn = (name: string): string => `arn:aws:eks:eu-central-1:123456789012:cluster/${name}`;

function cluster(name: string, more: Partial<RegisteredCluster> = {}): RegisteredCluster {
  const server = `https://${name.toUpperCase()}ABC.gr7.eu-central-1.eks.amazonaws.com`;
  const place = { server, certificateAuthority: '', isPrivate: false };
  return { id: arn(name), name, region: 'eu-central-1', aliases: [], zone: 'public', ...place, ...more };
}

const prod = cluster('prod', { aliases: ['production', 'https://api.prod.example.com/'] });
const stage = cluster('stage');
/** One that is none of EKS: where it is, only its kubeconfig says. */
const edge = cluster('edge', { id: 'edge', server: '' });
const far = cluster('prod', { id: arn('prod').replace('central', 'west'), server: 'https://far.example.com' });

type Case = readonly [title: string, clusters: readonly RegisteredCluster[], meant: Destination, found: string[]];

const named = (name: string): Destination => ({ name, namespace: 'shop' });
const at = (server: string): Destination => ({ server, namespace: 'shop' });

describe('A destination means', () => {
  it.each<Case>([
    ['a cluster by its ARN', [prod, stage], named(arn('prod')), [prod.id]],
    ['a cluster by its name', [prod, stage], named('stage'), [stage.id]],
    ['a cluster by an alias', [prod, stage], named('production'), [prod.id]],
    [
      'a cluster by an alias that is an address, with or without a slash',
      [prod],
      at('https://api.prod.example.com'),
      [prod.id],
    ],
    ['a cluster by its server', [prod, stage], at(stage.server), [stage.id]],
    ['a cluster by its server in small letters', [prod, stage], at(stage.server.toLowerCase()), [stage.id]],
    ['a cluster by its server with a slash behind', [prod, stage], at(`${stage.server}/`), [stage.id]],
    ['a cluster by its server with the usual port', [prod, stage], at(`${stage.server}:443`), [stage.id]],
    ['no cluster by its server on another port', [prod, stage], at(`${stage.server}:6443`), []],
    ['the only cluster by in-cluster', [stage], named('in-cluster'), [stage.id]],
    [
      'the only cluster by the address of its own API server',
      [stage],
      at('https://kubernetes.default.svc'),
      [stage.id],
    ],
    ['each of several clusters by in-cluster', [prod, stage], named('in-cluster'), [prod.id, stage.id]],
    [
      'the one of several that is called in-cluster',
      [prod, cluster('hub', { aliases: ['in-cluster'] })],
      named('in-cluster'),
      [arn('hub')],
    ],
    ['each of two clusters of one name', [prod, far], named('prod'), [prod.id, far.id]],
    ['the one of two clusters of one name whose id is given', [prod, far], named(far.id), [far.id]],
    [
      'the one of two clusters whose alias it is',
      [far, cluster('x', { aliases: ['prod'] })],
      named('prod'),
      [arn('x')],
    ],
    ['a cluster that is none of EKS by its name', [edge, prod], named('edge'), ['edge']],
    ['no cluster by a name in other letters', [prod], named('PROD'), []],
    ['no cluster by a name that nobody has', [prod, stage], named('absent'), []],
    ['no cluster when it names none, even where a server is not known', [edge, prod], { namespace: 'shop' }, []],
    ['nothing where no cluster is registered', [], named('in-cluster'), []],
  ])('%s', (_title, clusters, meant, found) => {
    expect(clustersMeant(clusters, meant).map(({ id }) => id)).toEqual(found);
  });
});
