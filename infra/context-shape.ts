import { z } from 'zod';
import type { ClusterAccess } from './constructs/cluster-options.ts';
import type { StateBucketProps } from './constructs/state-bucket.ts';

/** A private endpoint in the words of the context. */
export type PrivateEndpointContext = {
  readonly zone?: string;
  readonly vpcId: string;
  readonly availabilityZones: readonly string[];
  readonly subnetIds: readonly string[];
  readonly routeTableIds: readonly string[];
  readonly clusterSecurityGroupId: string;
  readonly s3Endpoint?: 'existing';
  readonly s3PrefixList?: string;
  readonly usesSecrets?: boolean;
};

/** A cluster in the words of the context: by its ARN, or by its name and region. */
export type ClusterContext = {
  readonly arn?: string;
  readonly name?: string;
  readonly region?: string;
  readonly aliases?: readonly string[];
  readonly role?: string;
  readonly externalId?: string;
  readonly scanMinutes?: number;
  readonly access?: ClusterAccess;
  readonly accessEntry?: 'make' | 'print';
  readonly privateEndpoint?: PrivateEndpointContext;
  /** For a cluster that is not EKS; it needs a name. */
  readonly kubeconfigSecret?: string;
};

/** What cdk.json or `-c name=value` may say; lists and objects are JSON on the command line. */
export type Context = {
  readonly control: string;
  readonly installation?: string;
  readonly webhookSecretArn?: string;
  readonly secretsConfigFile?: string;
  readonly alarmTopicArn?: string;
  readonly reserveConcurrency?: boolean;
  readonly objectLock?: NonNullable<StateBucketProps['objectLock']>;
  readonly replica?: NonNullable<StateBucketProps['replica']>;
  readonly tools?: { readonly helm: string; readonly kubectl: string };
  readonly clusters: readonly (string | ClusterContext)[];
  readonly gitCredentials: readonly { readonly urlPrefix: string; readonly secretArn: string }[];
  readonly allowSecrets: readonly string[];
  readonly allowParameters: readonly string[];
  readonly allowKeys: readonly string[];
  readonly allowRoles: readonly string[];
  readonly allowSecretSearch: boolean;
};

/** Lists and objects come as JSON from the command line, and as they are from cdk.json. */
function json<Shape extends z.ZodType>(shape: Shape): z.ZodType<z.output<Shape>> {
  return z.preprocess((value) => (typeof value === 'string' ? JSON.parse(value) : value), shape);
}

const text = z.string().min(1);

const privateEndpoint = z.strictObject({
  zone: text.exactOptional(),
  vpcId: text,
  availabilityZones: z.array(text),
  subnetIds: z.array(text),
  routeTableIds: z.array(text),
  clusterSecurityGroupId: text,
  s3Endpoint: z.literal('existing').exactOptional(),
  s3PrefixList: text.exactOptional(),
  usesSecrets: z.boolean().exactOptional(),
});

const access = z.strictObject({
  clusterAdmin: z.boolean().exactOptional(),
  namespaces: z.array(text).exactOptional(),
  policies: z.array(z.strictObject({ policy: text, namespaces: z.array(text).exactOptional() })).exactOptional(),
});

const cluster = z.strictObject({
  arn: text.exactOptional(),
  name: text.exactOptional(),
  region: text.exactOptional(),
  aliases: z.array(text).exactOptional(),
  role: text.exactOptional(),
  externalId: text.exactOptional(),
  scanMinutes: z.number().int().positive().exactOptional(),
  access: access.exactOptional(),
  accessEntry: z.enum(['make', 'print']).exactOptional(),
  privateEndpoint: privateEndpoint.exactOptional(),
  kubeconfigSecret: text.exactOptional(),
});

const shape = {
  control: text,
  installation: text.exactOptional(),
  webhookSecretArn: text.exactOptional(),
  secretsConfigFile: text.exactOptional(),
  alarmTopicArn: text.exactOptional(),
  reserveConcurrency: json(z.boolean()).exactOptional(),
  objectLock: json(
    z.strictObject({ days: z.number().int().positive(), mode: z.enum(['governance', 'compliance']).exactOptional() }),
  ).exactOptional(),
  replica: json(z.strictObject({ bucketArn: text, keyArn: text.exactOptional() })).exactOptional(),
  tools: json(z.strictObject({ helm: text, kubectl: text })).exactOptional(),
  clusters: json(z.array(z.union([text, cluster]))).default([]),
  gitCredentials: json(z.array(z.strictObject({ urlPrefix: text, secretArn: text }))).default([]),
  allowSecrets: json(z.array(text)).default([]),
  allowParameters: json(z.array(text)).default([]),
  allowKeys: json(z.array(text)).default([]),
  allowRoles: json(z.array(text)).default([]),
  allowSecretSearch: json(z.boolean()).default(false),
};

/** Reads the context through a function that gives its values by name. */
export function parseContext(read: (name: string) => unknown): Context {
  const given = Object.keys(shape).map((name) => [name, read(name)] as const);
  const parsed = z.object(shape).safeParse(Object.fromEntries(given.filter(([, value]) => value !== undefined)));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `context ${path.join('.')}: ${message}`);
  throw new Error([...problems, example].join('\n'));
}

const example = "write at least: cdk deploy --all -c control='https://git.example/team/control.git#main:apps'";
