import * as z from 'zod';
import { SecretError } from '../../errors.ts';
import type { AwsAuth, AwsStore } from '../../model/aws-store.ts';
import type { ClusterKeyRef } from '../../model/cluster-key-ref.ts';
import { formatStore, type StoreRef } from '../../model/secret-store.ts';

const keyRef: z.ZodType<ClusterKeyRef> = z.object({
  name: z.string().min(1),
  key: z.string().min(1),
  namespace: z.string().exactOptional(),
});

const account = z.object({
  name: z.string().min(1),
  namespace: z.string().exactOptional(),
  audiences: z.array(z.string()).default([]),
});

const auth = z.object({
  secretRef: z
    .object({
      accessKeyIDSecretRef: keyRef,
      secretAccessKeySecretRef: keyRef,
      sessionTokenSecretRef: keyRef.exactOptional(),
    })
    .exactOptional(),
  jwt: z.object({ serviceAccountRef: account }).exactOptional(),
});

const services = ['SecretsManager', 'ParameterStore'] as const;
const policies = ['None', 'Simple', 'Custom'] as const;

const schema = z.object({
  service: z.enum(services, { error: `is not supported; it can be ${services.join(' or ')}` }),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, { error: 'is not the name of an AWS region' }),
  auth: auth.exactOptional(),
  role: z.string().default(''),
  additionalRoles: z.array(z.string().min(1)).default([]),
  externalID: z.string().default(''),
  sessionTags: z.array(z.object({ key: z.string().min(1), value: z.string() })).default([]),
  transitiveTagKeys: z.array(z.string()).default([]),
  sessionTagsPolicy: z.enum(['', ...policies], { error: `is not one of ${policies.join(', ')}` }).default('None'),
  customSessionTags: z.record(z.string(), z.string()).default({}),
  prefix: z.string().default(''),
});

type Spec = z.infer<typeof schema>;

/** Reads the `aws` of a store's provider. Fields that only concern writing to AWS are left alone. */
export function parseAwsStore(spec: unknown, where: StoreRef): AwsStore {
  const result = schema.safeParse(withoutNulls(spec));
  if (!result.success) throw invalid(where, result.error.issues.map(describe));
  const { data } = result;
  const parsedAuth = parseAuth(data);
  return {
    type: 'aws',
    service: data.service,
    region: data.region,
    additionalRoles: data.additionalRoles,
    sessionTagsPolicy: data.sessionTagsPolicy || 'None',
    sessionTags: [...data.sessionTags, ...customTags(data)],
    transitiveTagKeys: data.transitiveTagKeys,
    prefix: data.prefix,
    ...(parsedAuth === undefined ? {} : { auth: parsedAuth }),
    ...(data.role === '' ? {} : { role: data.role }),
    ...(data.externalID === '' ? {} : { externalId: data.externalID }),
  };
}

/** As External Secrets does, a ServiceAccount comes before keys. */
function parseAuth({ auth: given }: Spec): AwsAuth | undefined {
  if (given?.jwt !== undefined) return { type: 'service-account', account: given.jwt.serviceAccountRef };
  if (given?.secretRef === undefined) return undefined;
  const { accessKeyIDSecretRef, secretAccessKeySecretRef, sessionTokenSecretRef } = given.secretRef;
  return {
    type: 'keys',
    accessKeyId: accessKeyIDSecretRef,
    secretAccessKey: secretAccessKeySecretRef,
    ...(sessionTokenSecretRef === undefined ? {} : { sessionToken: sessionTokenSecretRef }),
  };
}

function customTags({ sessionTagsPolicy, customSessionTags }: Spec): AwsStore['sessionTags'] {
  if (sessionTagsPolicy !== 'Custom') return [];
  return Object.entries(customSessionTags)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => ({ key, value }));
}

/** The path and what is wrong, never what stands there. */
function describe({ path, code, message }: z.core.$ZodIssue): string {
  const field = ['spec.provider.aws', ...path.map(String)].join('.');
  return `${field} ${code === 'invalid_type' || code === 'too_small' ? 'is missing or of the wrong type' : message}`;
}

function invalid(where: StoreRef, problems: readonly string[]): SecretError {
  const object = formatStore(where);
  return new SecretError('secret-invalid', `${object}: ${problems.join('; ')}`, {
    object,
    hint: 'Correct the store in Git; the docs of External Secrets for its AWS provider apply.',
  });
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
}
