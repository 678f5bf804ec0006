import { describe, expect, it } from '@jest/globals';
import { parseInstallationSettings } from '../../../functions/parse-installation-settings.ts';
import { PlumbError } from '../../../shared/errors.ts';
import { anInstallation as installation } from '../../support/an-installation.ts';

const arn = 'arn:aws:eks:eu-west-1:123456789012:cluster/stage';

function parse(clusters: { readonly [name: string]: unknown }, more: { readonly [name: string]: string } = {}) {
  const named = Object.entries(clusters).map(([name, value]) => [`clusters/${name}`, JSON.stringify(value)]);
  return parseInstallationSettings({
    installation: JSON.stringify(installation),
    ...Object.fromEntries(named),
    ...more,
  });
}

describe('What an operator has deployed', () => {
  it('is an installation with its clusters', () => {
    expect(parse({ stage: { arn } })).toMatchObject({
      installation,
      clusters: [{ id: arn, name: 'stage', region: 'eu-west-1', aliases: [], zone: 'public' }],
    });
  });

  it.each<[string, object, object]>([
    ['its ARN', { arn, zone: 'private', aliases: ['s'] }, { id: arn, zone: 'private', aliases: ['s'] }],
    [
      'an ARN of another partition',
      { arn: arn.replace('aws:', 'aws-us-gov:') },
      { region: 'eu-west-1', name: 'stage' },
    ],
    ['its name and region', { name: 'stage', region: 'eu-west-1' }, { id: 'stage.eu-west-1', region: 'eu-west-1' }],
    ['a kubeconfig', { name: 'edge', kubeconfigSecret: 'arn:secret' }, { id: 'edge', kubeconfigSecret: 'arn:secret' }],
    ['a role to assume', { arn, role: 'arn:role', externalId: 'x' }, { role: 'arn:role', externalId: 'x' }],
  ])('has a cluster by %s', (_how, given, wanted) => {
    expect(parse({ stage: given }).clusters[0]).toMatchObject(wanted);
  });

  it('may say which secrets may be read', () => {
    expect(parse({}, { 'secrets-config': 'providers: {}' }).secretsConfig).toBe('providers: {}');
    expect(parse({})).not.toHaveProperty('secretsConfig');
  });

  it.each<[string, () => unknown, string]>([
    ['nothing', () => parseInstallationSettings({}), 'installation'],
    ['an installation that is no JSON', () => parse({}, { installation: '{' }), 'installation'],
    [
      'an installation without its queues',
      () => parse({}, { installation: JSON.stringify({ ...installation, syncQueues: 7 }) }),
      'syncQueues',
    ],
    ['a cluster by nothing', () => parse({ stage: {} }), 'clusters/stage'],
    ['an ARN of something else', () => parse({ stage: { arn: arn.replace(':eks:', ':s3:') } }), 'clusters/stage'],
  ])('is refused where it is %s, and says which parameter that is', (_what, read, where) => {
    try {
      read();
    } catch (error) {
      expect(error).toBeInstanceOf(PlumbError);
      expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(where) });
      return;
    }
    throw new Error('it was read');
  });
});
