import type { AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import type { AwsIdentity } from '../../model/aws-store.ts';
import { type Attempts, attempt, type Outcome } from './attempt.ts';
import type { AwsCredentials, CredentialSource } from './aws-credentials.ts';
import { AwsFailureError } from './aws-failure.ts';
import { callConfig } from './call-options.ts';
import type { StsCalls } from './clients/sts-calls.ts';

/** Takes a role with the token of a ServiceAccount. */
export type AssumeWithToken = (role: string, token: string) => Promise<Outcome<AwsCredentials>>;

/** How roles are assumed: where, under which name of the session, and how often it is tried. */
export type RoleSession = {
  readonly timeoutMs: number | undefined;
  readonly region: string;
  readonly sessionName: string;
  readonly attempts: Attempts;
};

type Tags = readonly { readonly key: string; readonly value: string }[];

type Step = {
  readonly role: string;
  readonly externalId?: string | undefined;
  readonly tags: Tags;
  readonly transitiveTagKeys: readonly string[];
};

/** Credentials of the last of an identity's roles; without roles, those that it begins with. */
export function chainRoles(
  base: CredentialSource,
  { identity, tags }: { readonly identity: AwsIdentity; readonly tags: Tags },
  session: RoleSession,
): CredentialSource {
  const steps = identity.additionalRoles.map((role): Step => ({ role, tags: [], transitiveTagKeys: [] }));
  const { role, externalId, transitiveTagKeys } = identity;
  if (role !== undefined)
    steps.push({ role, externalId, tags, transitiveTagKeys: tags.length > 0 ? transitiveTagKeys : [] });
  return steps.reduce<CredentialSource>((source, step) => assumeFrom(source, step, session), base);
}

/** The credentials of a role, kept until shortly before they end. */
function assumeFrom(base: CredentialSource, step: Step, session: RoleSession): CredentialSource {
  return keepUntilExpiry(async () => {
    const { attempts, sessionName } = session;
    const client = await openSts(session, base);
    const answer = await attempt('sts:AssumeRole', () => client.assumeRole(toInput(step, sessionName)), attempts);
    client.destroy();
    const outcome = toCredentials(answer, { action: 'sts:AssumeRole', role: step.role });
    if (!outcome.ok) throw new AwsFailureError(outcome.failure);
    return outcome.value;
  });
}

function toInput({ role, externalId, tags, transitiveTagKeys }: Step, sessionName: string): AssumeRoleCommandInput {
  return {
    RoleArn: role,
    RoleSessionName: sessionName,
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
    ...(tags.length === 0 ? {} : { Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) }),
    ...(transitiveTagKeys.length === 0 ? {} : { TransitiveTagKeys: [...transitiveTagKeys] }),
  };
}

/** Takes roles with tokens of ServiceAccounts: nobody has to be known for it. */
export function createAssumeWithToken(session: RoleSession): AssumeWithToken {
  return async (role, token) => {
    const { attempts, sessionName } = session;
    const client = await openSts(session, async () => ({ accessKeyId: '', secretAccessKey: '' }));
    const answer = await attempt(
      'sts:AssumeRoleWithWebIdentity',
      () => client.assumeRoleWithWebIdentity({ RoleArn: role, RoleSessionName: sessionName, WebIdentityToken: token }),
      attempts,
    );
    client.destroy();
    return toCredentials(answer, { action: 'sts:AssumeRoleWithWebIdentity', role });
  };
}

async function openSts({ region, timeoutMs }: RoleSession, credentials: CredentialSource): Promise<StsCalls> {
  const { StsCalls } = await import('./clients/sts-calls.ts');
  return new StsCalls(callConfig({ region, timeoutMs, credentials }));
}

type StsAnswer = {
  readonly Credentials?:
    | {
        readonly AccessKeyId: string | undefined;
        readonly SecretAccessKey: string | undefined;
        readonly SessionToken: string | undefined;
        readonly Expiration: Date | undefined;
      }
    | undefined;
};

function toCredentials(
  answer: Outcome<StsAnswer>,
  tried: { readonly action: string; readonly role: string },
): Outcome<AwsCredentials> {
  // The failure of an earlier role of the chain names that one.
  if (!answer.ok) return { ok: false, failure: { role: tried.role, ...answer.failure } };
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.value.Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey) return { ok: false, failure: { kind: 'refused', ...tried } };
  return {
    ok: true,
    value: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
      ...(Expiration === undefined ? {} : { expiration: Expiration }),
    },
  };
}

const renewBeforeMs = 5 * 60_000;

/** Asks once for all who want the same at the same time, again five minutes before what came ends; a failure is not kept. */
export function keepUntilExpiry<Value extends { readonly expiration?: Date }>(
  source: () => Promise<Value>,
): () => Promise<Value> {
  let kept: Promise<Value> | undefined;
  let until = Number.POSITIVE_INFINITY;
  return () => {
    if (kept !== undefined && Date.now() < until) return kept;
    until = Number.POSITIVE_INFINITY;
    const asked = source();
    kept = asked;
    asked.then(
      ({ expiration }) => {
        if (kept === asked && expiration !== undefined) until = expiration.getTime() - renewBeforeMs;
      },
      () => {
        if (kept === asked) kept = undefined;
      },
    );
    return asked;
  };
}
