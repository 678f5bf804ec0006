import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../../shared/model/json.ts';
import { parseSecretEvent } from '../../../../shared/secrets/events/parse-secret-event.ts';

const event = (source: string, detailType: string, detail: Json): Json => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': detailType,
  source,
  account: '111122223333',
  time: '2026-11-26T12:00:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/db-AbCdEf'],
  detail,
});

describe('An event of EventBridge', () => {
  it.each<[what: string, given: Json, expected: object]>([
    [
      'a label of a secret that moved',
      event('aws.secretsmanager', 'Secret Label Updated', {
        name: 'shop/db',
        labelUpdated: 'AWSCURRENT',
        versionId: 'x',
      }),
      { service: 'SecretsManager', region: 'eu-central-1', name: 'shop/db' },
    ],
    [
      'the same that names only the resource',
      event('aws.secretsmanager', 'Secret Label Updated', {}),
      {
        service: 'SecretsManager',
        region: 'eu-central-1',
        name: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/db-AbCdEf',
      },
    ],
    [
      'a parameter that changed',
      event('aws.ssm', 'Parameter Store Change', { operation: 'Update', name: '/shop/db', type: 'SecureString' }),
      { service: 'ParameterStore', region: 'eu-central-1', name: '/shop/db' },
    ],
  ])('tells of %s', (_what, given, expected) => {
    expect(parseSecretEvent(given)).toEqual(expected);
  });

  it.each<[what: string, given: Json]>([
    ['something else', event('aws.s3', 'Object Created', { name: 'x' })],
    ['a parameter that is gone', event('aws.ssm', 'Parameter Store Change', { operation: 'Delete', name: '/x' })],
  ])('is passed over when it is about %s', (_what, given) => {
    expect(parseSecretEvent(given)).toBeUndefined();
  });

  it.each<[what: string, given: Json]>([
    ['a text', 'hello'],
    ['no region', { source: 'aws.ssm' }],
    ['nothing', null],
  ])('is refused when it is %s', (_what, given) => {
    expect(() => parseSecretEvent(given)).toThrow(/not one of EventBridge/);
  });
});
