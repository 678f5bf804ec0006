import { describe, expect, it } from '@jest/globals';
import { parseAwsStore } from '../../../../shared/secrets/stores/aws-store.ts';

const where = { kind: 'SecretStore', namespace: 'shop', name: 'aws' } as const;
const least = { service: 'SecretsManager', region: 'eu-west-1' };

describe('the AWS provider of a store', () => {
  it('needs no more than a service and a region', () => {
    expect(parseAwsStore(least, where)).toEqual({
      type: 'aws',
      service: 'SecretsManager',
      region: 'eu-west-1',
      additionalRoles: [],
      sessionTagsPolicy: 'None',
      sessionTags: [],
      transitiveTagKeys: [],
      prefix: '',
    });
  });

  it('has roles, tags, and a prefix', () => {
    const spec = {
      ...least,
      service: 'ParameterStore',
      role: 'arn:aws:iam::1:role/last',
      additionalRoles: ['arn:aws:iam::1:role/first'],
      externalID: 'ours',
      sessionTags: [{ key: 'a', value: '1' }],
      sessionTagsPolicy: 'Custom',
      customSessionTags: { c: '3', b: '2' },
      transitiveTagKeys: ['a'],
      prefix: '/shop/',
    };
    expect(parseAwsStore(spec, where)).toMatchObject({
      service: 'ParameterStore',
      role: 'arn:aws:iam::1:role/last',
      additionalRoles: ['arn:aws:iam::1:role/first'],
      externalId: 'ours',
      sessionTags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
        { key: 'c', value: '3' },
      ],
      sessionTagsPolicy: 'Custom',
      prefix: '/shop/',
    });
  });

  it('leaves custom tags out of account under any other policy, as External Secrets does', () => {
    const spec = { ...least, sessionTagsPolicy: 'Simple', customSessionTags: { b: '2' } };
    expect(parseAwsStore(spec, where).sessionTags).toEqual([]);
  });

  it.each([
    ['no auth', {}, undefined],
    ['an empty auth', { auth: {} }, undefined],
    [
      'keys',
      { auth: { secretRef: { accessKeyIDSecretRef: ref('id'), secretAccessKeySecretRef: ref('secret') } } },
      { type: 'keys', accessKeyId: ref('id'), secretAccessKey: ref('secret') },
    ],
    [
      'keys with the token of a session',
      {
        auth: {
          secretRef: {
            accessKeyIDSecretRef: ref('id'),
            secretAccessKeySecretRef: ref('secret'),
            sessionTokenSecretRef: ref('token'),
          },
        },
      },
      { type: 'keys', accessKeyId: ref('id'), secretAccessKey: ref('secret'), sessionToken: ref('token') },
    ],
    [
      'a ServiceAccount, which comes before keys',
      {
        auth: {
          jwt: { serviceAccountRef: { name: 'reader', namespace: 'shop' } },
          secretRef: { accessKeyIDSecretRef: ref('id'), secretAccessKeySecretRef: ref('secret') },
        },
      },
      { type: 'service-account', account: { name: 'reader', namespace: 'shop', audiences: [] } },
    ],
  ])('has %s', (_, more, auth) => {
    expect(parseAwsStore({ ...least, ...more }, where).auth).toEqual(auth);
  });

  it('leaves what only concerns writing, fields it does not know, and nulls alone', () => {
    const spec = { ...least, secretsManager: { forceDeleteWithoutRecovery: true }, role: null, auth: null, later: 1 };
    expect(parseAwsStore(spec, where)).toEqual(parseAwsStore(least, where));
  });

  it.each([
    [
      { ...least, service: 'CertificateManager' },
      'spec.provider.aws.service is not supported; it can be SecretsManager or ParameterStore',
    ],
    [{ ...least, service: undefined }, 'spec.provider.aws.service'],
    [{ service: 'SecretsManager' }, 'spec.provider.aws.region is missing'],
    [{ ...least, region: 'evil.example/#' }, 'spec.provider.aws.region is not the name of an AWS region'],
    [{ ...least, prefix: 7 }, 'spec.provider.aws.prefix is missing or of the wrong type'],
    [
      { ...least, auth: { secretRef: { accessKeyIDSecretRef: ref('id') } } },
      'spec.provider.aws.auth.secretRef.secretAccessKeySecretRef is missing',
    ],
    [{ ...least, sessionTagsPolicy: 'Some' }, 'spec.provider.aws.sessionTagsPolicy is not one of None, Simple, Custom'],
    ['c4n4ry', 'spec.provider.aws is missing or of the wrong type'],
  ])('is refused, by the path of the field, as %j', (spec, text) => {
    const error = failure(spec);
    expect(error).toMatchObject({ code: 'secret-invalid', message: expect.stringContaining(text) });
    expect(error).toMatchObject({
      message: expect.stringContaining('SecretStore shop/aws: '),
      hint: expect.any(String),
    });
    expect(JSON.stringify(error)).not.toContain('c4n4ry');
  });
});

function ref(key: string): { readonly name: string; readonly key: string } {
  return { name: 'aws', key };
}

function failure(spec: unknown): unknown {
  try {
    return parseAwsStore(spec, where);
  } catch (error) {
    return error;
  }
}
