import * as z from 'zod';
import type { AwsAuth } from '../../model/aws-store.ts';
import type { ClusterKeyRef } from '../../model/cluster-key-ref.ts';
import type { GeneratorSpec } from '../../model/secret-generator.ts';
import { impossiblePassword, type PasswordSpec } from './password.ts';

const controller = z.string().optional();
const key: z.ZodType<ClusterKeyRef> = z.strictObject({
  name: z.string(),
  key: z.string(),
  namespace: z.string().exactOptional(),
});

const defaultSymbols = '~!@#$%^&*()_+`-={}|[]\\:"<>?,./';
const defaultLength = 24;
const wholeNumber = z.int({ error: 'is not a whole number' }).min(0, { error: 'is less than zero' });

const password = z
  .strictObject({
    controller,
    length: wholeNumber.max(4_096, { error: 'is more than 4096' }).optional(),
    digits: wholeNumber.optional(),
    symbols: wholeNumber.optional(),
    symbolCharacters: z.string().optional(),
    noUpper: z.boolean().default(false),
    allowRepeat: z.boolean().default(false),
    encoding: z.enum(['raw', 'base64', 'base64url', 'base32', 'hex']).default('raw'),
    secretKeys: z
      .array(z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/, { error: 'is no key of a Secret' }))
      .refine((keys) => new Set(keys).size === keys.length, { error: 'has a key twice' })
      .optional(),
  })
  .transform(({ controller: _, length, digits, symbols, symbolCharacters, secretKeys = [], ...rest }): PasswordSpec => {
    const wanted = length || defaultLength;
    const quarter = Math.floor(wanted / 4);
    return {
      ...rest,
      type: 'password',
      length: wanted,
      digits: digits ?? quarter,
      symbols: symbols ?? quarter,
      symbolCharacters: symbolCharacters || defaultSymbols,
      secretKeys: secretKeys.length === 0 ? ['password'] : secretKeys,
    };
  })
  .superRefine((spec, context) => {
    const reason = impossiblePassword(spec);
    if (reason !== undefined)
      context.addIssue({ code: 'custom', message: `${reason}; set allowRepeat: true, or other numbers of them` });
  });

const uuid = z.strictObject({ controller }).transform((): GeneratorSpec => ({ type: 'uuid' }));

const sshKey = z
  .strictObject({
    controller,
    keyType: z.enum(['rsa', 'ecdsa', 'ed25519']).default('rsa'),
    keySize: z.int({ error: 'is not a whole number' }).optional(),
    comment: z
      .string()
      .regex(/^[^\r\n]*$/, { error: 'has several lines' })
      .default(''),
  })
  .transform(
    ({ keyType, keySize, comment }): GeneratorSpec => ({
      type: 'ssh-key',
      keyType,
      ...(keySize === undefined ? {} : { keySize }),
      comment,
    }),
  )
  .refine((spec) => spec.type !== 'ssh-key' || spec.keyType !== 'rsa' || isRsaSize(spec.keySize), {
    error: 'keySize of an RSA key has to be from 2048 to 8192',
  });

function isRsaSize(size: number | undefined): boolean {
  return size === undefined || (size >= 2_048 && size <= 8_192);
}

const auth = z
  .strictObject({
    secretRef: z
      .strictObject({
        accessKeyIDSecretRef: key,
        secretAccessKeySecretRef: key,
        sessionTokenSecretRef: key.optional(),
      })
      .optional(),
    jwt: z
      .strictObject({
        serviceAccountRef: z.strictObject({
          name: z.string(),
          namespace: z.string().exactOptional(),
          audiences: z.array(z.string()).default([]),
        }),
      })
      .optional(),
  })
  .transform(({ secretRef, jwt }): AwsAuth | undefined => {
    if (jwt !== undefined) return { type: 'service-account', account: jwt.serviceAccountRef };
    if (secretRef === undefined) return undefined;
    const {
      accessKeyIDSecretRef: accessKeyId,
      secretAccessKeySecretRef: secretAccessKey,
      sessionTokenSecretRef,
    } = secretRef;
    const token = sessionTokenSecretRef === undefined ? {} : { sessionToken: sessionTokenSecretRef };
    return { type: 'keys', accessKeyId, secretAccessKey, ...token };
  });

const ecr = z
  .strictObject({
    controller,
    // It becomes part of the host that credentials are sent to.
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, { error: 'is not the name of an AWS region' }),
    role: z.string().optional(),
    scope: z.enum(['private', 'public']).default('private'),
    auth: auth.optional(),
  })
  .transform(
    ({ region, role = '', scope, auth: chosen }): GeneratorSpec => ({
      type: 'ecr-token',
      region,
      ...(role === '' ? {} : { role }),
      scope,
      ...(chosen === undefined ? {} : { auth: chosen }),
    }),
  );

const github = z
  .strictObject({
    controller,
    url: z.string().optional(),
    appID: z.string(),
    installID: z.string(),
    repositories: z.array(z.string()).default([]),
    permissions: z.record(z.string(), z.string()).default({}),
    auth: z.strictObject({ privateKey: z.strictObject({ secretRef: key }) }),
  })
  .transform(
    ({ url, appID, installID, repositories, permissions, auth: { privateKey } }): GeneratorSpec => ({
      type: 'github-token',
      url: (url || 'https://api.github.com').replace(/\/+$/, ''),
      appId: appID,
      installId: installID,
      privateKey: privateKey.secretRef,
      repositories,
      permissions,
    }),
  );

/** The specs of the generators that can be used, by kind. */
export const generatorSchemas: ReadonlyMap<string, z.ZodType<GeneratorSpec>> = new Map<
  string,
  z.ZodType<GeneratorSpec>
>([
  ['Password', password],
  ['UUID', uuid],
  ['SSHKey', sshKey],
  ['ECRAuthorizationToken', ecr],
  ['GithubAccessToken', github],
]);
