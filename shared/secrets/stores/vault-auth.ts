import * as z from 'zod';
import type { VaultAuth } from '../../model/vault-store.ts';
import { secretKey, serviceAccount } from './store-fields.ts';

/** Where an auth method is mounted. It stays below `auth/`. */
function mountPath(defaultPath: string): z.ZodDefault<z.ZodString> {
  return z
    .string()
    .regex(/^(?!\.{1,2}(\/|$))[^/\s?#]+(\/(?!\.{1,2}(\/|$))[^/\s?#]+)*$/)
    .default(defaultPath);
}

const username = z
  .string()
  .min(1)
  .refine((text) => !text.includes('/') && !/^\.+$/.test(text), { error: 'is not the name of a user' });

const schema = z.object({
  namespace: z.string().min(1).exactOptional(),
  tokenSecretRef: secretKey().exactOptional(),
  appRole: z
    .object({
      path: mountPath('approle'),
      roleId: z.string().default(''),
      roleRef: secretKey().exactOptional(),
      secretRef: secretKey(),
    })
    .exactOptional(),
  kubernetes: z
    .object({
      mountPath: mountPath('kubernetes'),
      role: z.string().min(1),
      serviceAccountRef: serviceAccount.exactOptional(),
      secretRef: secretKey('token').exactOptional(),
    })
    .exactOptional(),
  ldap: z.object({ path: mountPath('ldap'), username, secretRef: secretKey() }).exactOptional(),
  userPass: z.object({ path: mountPath('userpass'), username, secretRef: secretKey() }).exactOptional(),
  jwt: z
    .object({
      path: mountPath('jwt'),
      role: z.string().trim().default(''),
      secretRef: secretKey().exactOptional(),
      kubernetesServiceAccountToken: z
        .object({ serviceAccountRef: serviceAccount, audiences: z.array(z.string()).default(['vault']) })
        .exactOptional(),
    })
    .exactOptional(),
  cert: z
    .object({ path: mountPath('cert'), clientCert: secretKey('tls.crt'), secretRef: secretKey('tls.key') })
    .exactOptional(),
  iam: z
    .object({
      path: mountPath('aws'),
      region: z
        .string()
        .regex(/^[a-z]{2}(-[a-z]+)+-\d+$/)
        .default('us-east-1'),
      vaultRole: z.string().min(1),
      role: z.string().default(''),
      externalID: z.string().default(''),
      vaultAwsIamServerID: z.string().default(''),
      secretRef: z
        .object({
          accessKeyIDSecretRef: secretKey(),
          secretAccessKeySecretRef: secretKey(),
          sessionTokenSecretRef: secretKey().exactOptional(),
        })
        .exactOptional(),
      jwt: z.object({ serviceAccountRef: serviceAccount.exactOptional() }).exactOptional(),
    })
    .exactOptional(),
  gcp: z.unknown().exactOptional(),
});

type Spec = z.infer<typeof schema>;

/** Undefined: another method; a text: what is wrong. */
type Reader = (auth: Spec) => VaultAuth | string | undefined;

/** The methods in the order of External Secrets: the first that is there counts. */
const readers: readonly Reader[] = [
  ({ tokenSecretRef }) => tokenSecretRef && { type: 'token', token: tokenSecretRef },
  ({ appRole }) => appRole && readAppRole(appRole),
  ({ kubernetes }) => kubernetes && readKubernetes(kubernetes),
  // The API of LDAP is that of user names and passwords.
  ({ ldap }) => ldap && readPassword(ldap),
  ({ userPass }) => userPass && readPassword(userPass),
  ({ jwt }) => jwt && readJwt(jwt),
  ({ cert }) => cert && { type: 'cert', path: cert.path, clientCert: cert.clientCert, clientKey: cert.secretRef },
  ({ iam }) => iam && readIam(iam),
];

/** How a store logs in to Vault; `namespace` is that of the login alone. */
export const vaultAuth: z.ZodType<{ readonly method: VaultAuth; readonly namespace?: string }> = schema.transform(
  (spec, context) => {
    const method = readers.map((read) => read(spec)).find((found) => found !== undefined) ?? noMethod(spec);
    const { namespace } = spec;
    if (typeof method !== 'string') return { method, ...(namespace === undefined ? {} : { namespace }) };
    context.addIssue({ code: 'custom', message: method });
    return z.NEVER;
  },
);

function noMethod({ gcp }: Spec): string {
  const problem = gcp === undefined ? 'names no way to log in' : 'by gcp is not supported';
  return `${problem}; it can be tokenSecretRef, appRole, kubernetes, ldap, userPass, jwt, cert or iam`;
}

function readAppRole(spec: NonNullable<Spec['appRole']>): VaultAuth | string {
  const roleId = spec.roleId === '' ? spec.roleRef : spec.roleId;
  if (roleId !== undefined) return { type: 'app-role', path: spec.path, roleId, secretId: spec.secretRef };
  return '(appRole) has neither roleId nor roleRef';
}

function readKubernetes(spec: NonNullable<Spec['kubernetes']>): VaultAuth | string {
  const { mountPath: path, role, serviceAccountRef, secretRef } = spec;
  if (serviceAccountRef !== undefined) return { type: 'kubernetes', path, role, account: serviceAccountRef };
  if (secretRef !== undefined) return { type: 'kubernetes', path, role, token: secretRef };
  return '(kubernetes) has neither serviceAccountRef nor secretRef: there is no ServiceAccount of External Secrets to fall back on';
}

function readPassword({ path, username: name, secretRef }: NonNullable<Spec['userPass']>): VaultAuth {
  return { type: 'user-pass', path, username: name, password: secretRef };
}

/** External Secrets asks for the audience `vault` where the manifest names none, and adds those of the reference. */
function readJwt(spec: NonNullable<Spec['jwt']>): VaultAuth | string {
  const { path, role, secretRef, kubernetesServiceAccountToken: asked } = spec;
  if (secretRef !== undefined) return { type: 'jwt', path, role, token: secretRef };
  if (asked === undefined) return '(jwt) has neither secretRef nor kubernetesServiceAccountToken';
  const audiences = [...new Set([...asked.serviceAccountRef.audiences, ...asked.audiences])];
  return { type: 'jwt', path, role, account: { ...asked.serviceAccountRef, audiences } };
}

function readIam(spec: NonNullable<Spec['iam']>): VaultAuth {
  const { path, region, vaultRole, role, externalID, vaultAwsIamServerID, secretRef, jwt } = spec;
  const account = jwt?.serviceAccountRef;
  return {
    type: 'iam',
    path,
    region,
    vaultRole,
    ...(role === '' ? {} : { awsRole: role }),
    ...(externalID === '' ? {} : { externalId: externalID }),
    ...(vaultAwsIamServerID === '' ? {} : { serverIdHeader: vaultAwsIamServerID }),
    ...(account === undefined ? {} : { account }),
    ...(secretRef === undefined || account !== undefined ? {} : { keys: toKeys(secretRef) }),
  };
}

type IamKeys = NonNullable<Extract<VaultAuth, { readonly type: 'iam' }>['keys']>;

function toKeys(spec: NonNullable<NonNullable<Spec['iam']>['secretRef']>): IamKeys {
  const { accessKeyIDSecretRef: accessKeyId, secretAccessKeySecretRef: secretAccessKey, sessionTokenSecretRef } = spec;
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionTokenSecretRef === undefined ? {} : { sessionToken: sessionTokenSecretRef }),
  };
}
