import { SecretError } from '../../errors.ts';
import type { AwsAuth } from '../../model/aws-store.ts';
import type { ServiceAccountRef } from '../../model/cluster-key-ref.ts';
import { revealSecret, type SecretValue } from '../../model/secret-value.ts';
import type { StoreAccess } from '../../secret-ports.ts';
import type { CredentialSource } from './aws-credentials.ts';
import { AwsFailureError } from './aws-failure.ts';
import type { AssumeWithToken } from './roles.ts';

/** Who calls before any role is assumed. `key` is equal for equal rights, and tells nothing. */
export type BaseCredentials = { readonly key: readonly string[]; readonly source: CredentialSource };

/** What is needed to find out who calls. */
export type BaseRequest = {
  readonly auth: AwsAuth | undefined;
  readonly access: StoreAccess | undefined;
  /** The store or generator, as errors name it. */
  readonly object: string;
  /** Plumbline's own. */
  readonly own: CredentialSource;
};

const roleAnnotation = 'eks.amazonaws.com/role-arn';
const audienceAnnotation = 'eks.amazonaws.com/audience';

/** Reads keys or the annotation of a ServiceAccount anew each time, so that it is judged anew whether they may be read. */
export async function findBaseCredentials(request: BaseRequest, assume: AssumeWithToken): Promise<BaseCredentials> {
  const { auth, access, object } = request;
  if (auth === undefined) return { key: ['own'], source: request.own };
  if (access === undefined) throw new SecretError('secret-refused', `${object}: there is no cluster to read auth from`);
  if (auth.type === 'keys') return readKeys(auth, access);
  return serviceAccountCredentials({ account: auth.account, access, object }, assume);
}

async function readKeys(auth: AwsAuth & { readonly type: 'keys' }, access: StoreAccess): Promise<BaseCredentials> {
  const [id, secret, token] = await Promise.all([
    access.readSecretKey(auth.accessKeyId),
    access.readSecretKey(auth.secretAccessKey),
    auth.sessionToken === undefined ? undefined : access.readSecretKey(auth.sessionToken),
  ]);
  return {
    key: ['keys', id.mark, secret.mark, token?.mark ?? ''],
    source: async () => ({
      accessKeyId: textOf(id),
      secretAccessKey: textOf(secret),
      ...(token === undefined ? {} : { sessionToken: textOf(token) }),
    }),
  };
}

type AccountRequest = {
  readonly account: ServiceAccountRef;
  readonly access: StoreAccess;
  readonly object: string;
};

async function serviceAccountCredentials(
  { account, access, object }: AccountRequest,
  assume: AssumeWithToken,
): Promise<BaseCredentials> {
  const [role, audience] = await Promise.all([
    access.readAccountAnnotation(account, roleAnnotation),
    access.readAccountAnnotation(account, audienceAnnotation),
  ]);
  const namespace = account.namespace ?? access.namespace;
  if (role === undefined || role === '')
    throw new SecretError('secret-invalid', `${object}: ServiceAccount ${namespace}/${account.name} names no role`, {
      object,
      hint: `Annotate it with ${roleAnnotation}: <ARN of the role>.`,
    });
  const audiences = [audience || 'sts.amazonaws.com', ...account.audiences];
  return {
    key: ['service-account', access.cluster.name, namespace, account.name, role, ...audiences],
    source: async () => {
      const token = await access.requestToken({ ...account, audiences });
      const outcome = await assume(role, textOf(token));
      if (!outcome.ok) throw new AwsFailureError(outcome.failure);
      return outcome.value;
    },
  };
}

/** A newline at the end of a key is nobody's intent. */
function textOf(value: SecretValue): string {
  return Buffer.from(revealSecret(value)).toString().trim();
}
