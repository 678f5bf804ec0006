import { SecretError } from '../../errors.ts';
import type { AwsIdentity } from '../../model/aws-store.ts';
import type { Conceal, SecretValue } from '../../model/secret-value.ts';
import type { StoreAccess } from '../../secret-ports.ts';
import { Limit } from '../limit.ts';
import { type Attempts, usualAttempts } from './attempt.ts';
import type { AwsCredentials, CredentialSource } from './aws-credentials.ts';
import { caughtFailure } from './aws-failure.ts';
import { findBaseCredentials } from './base-credentials.ts';
import { createKeptReads, type KeptReads } from './kept-reads.ts';
import { chainRoles, createAssumeWithToken, keepUntilExpiry, type RoleSession } from './roles.ts';
import { type Asker, sessionNameFor, sessionTagsFor } from './session-tags.ts';
import { secretErrorOf } from './store-error.ts';

export type AwsOptions = {
  readonly conceal: Conceal;
  /** Calls at once. */
  readonly maxConcurrency?: number;
  /** How long a value may be kept for others who ask for the same. */
  readonly keepMs?: number;
  /** Of one attempt. */
  readonly timeoutMs?: number;
  /** Plumbline's own; absent: those that the SDK finds. */
  readonly defaultCredentials?: CredentialSource;
};

/** A value as it was read, by whatever store. */
export type ReadValue = { readonly value: SecretValue; readonly version: string; readonly changedAt?: string };

/** Everything that calls of one identity share. */
export type AwsSession = {
  readonly region: string;
  readonly credentials: CredentialSource;
  readonly timeoutMs: number | undefined;
  readonly conceal: Conceal;
  readonly limit: Limit;
  readonly attempts: Attempts;
  readonly reads: KeptReads<ReadValue>;
  /** Makes something once for this identity. */
  once<Value>(name: string, make: () => Value): Value;
};

/** Whose rights are wanted, and by whom. */
export type SessionRequest = {
  readonly identity: AwsIdentity;
  readonly access?: StoreAccess;
  readonly asker: Asker;
  /** As errors name it. */
  readonly object: string;
  readonly retry?: Attempts | undefined;
};

export type AwsSessions = {
  /** The session of an identity, once its credentials are there; SecretError when they are refused. */
  open(request: SessionRequest): Promise<AwsSession>;
  /** The credentials themselves, for what signs requests on its own. */
  credentials(request: SessionRequest): Promise<AwsCredentials>;
  /** Nothing that was read before is used again. */
  forget(): void;
};

const unusedMs = 30 * 60_000;

type Kept = { readonly session: AwsSession; usedAt: number };

/** Sessions of all identities, each made once and dropped when it has not been used for long. */
export function createAwsSessions(options: AwsOptions): AwsSessions {
  const { timeoutMs } = options;
  const limit = new Limit(options.maxConcurrency ?? 8);
  const own = options.defaultCredentials ?? sdkCredentials();
  const kept = new Map<string, Kept>();

  const open = async (request: SessionRequest): Promise<AwsSession> => {
    const { key, credentials } = await identify(request, { timeoutMs, own });
    const now = Date.now();
    for (const [id, { usedAt }] of kept) if (now - usedAt > unusedMs) kept.delete(id);
    const session = kept.get(key)?.session ?? {
      region: request.identity.region,
      credentials,
      timeoutMs,
      conceal: options.conceal,
      limit,
      attempts: request.retry ?? usualAttempts,
      reads: createKeptReads(options.keepMs ?? 10_000),
      once: createOnce(),
    };
    kept.set(key, { session, usedAt: now });
    await resolveCredentials(session, request);
    return session;
  };

  return {
    open,
    credentials: async (request) => resolveCredentials(await open(request), request),
    forget: () => {
      for (const { session } of kept.values()) session.reads.forget();
    },
  };
}

type Means = { readonly timeoutMs: number | undefined; readonly own: CredentialSource };

async function identify(
  { identity, access, asker, object, retry }: SessionRequest,
  { timeoutMs, own }: Means,
): Promise<{ readonly key: string; readonly credentials: CredentialSource }> {
  const attempts = retry ?? usualAttempts;
  const roles: RoleSession = {
    timeoutMs,
    region: identity.region,
    sessionName: sessionNameFor(identity, asker),
    attempts,
  };
  const base = await findBaseCredentials({ auth: identity.auth, access, object, own }, createAssumeWithToken(roles));
  const tags = sessionTagsFor(identity, asker);
  const { region, role, additionalRoles, externalId, transitiveTagKeys } = identity;
  // Without a role there is no session to name.
  const name = role === undefined && additionalRoles.length === 0 ? '' : roles.sessionName;
  const key = [base.key, region, additionalRoles, role, externalId, tags, transitiveTagKeys, name, attempts];
  return {
    key: JSON.stringify(key),
    credentials: chainRoles(keepUntilExpiry(base.source), { identity, tags }, roles),
  };
}

const lookAgainMs = 15 * 60_000;

/** The chain of the SDK: environment, files, container, machine. What does not say when it ends is looked for again. */
export function sdkCredentials(): CredentialSource {
  return keepUntilExpiry(async () => {
    const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
    const found = await fromNodeProviderChain({ ignoreCache: true })();
    return { ...found, expiration: found.expiration ?? new Date(Date.now() + lookAgainMs) };
  });
}

async function resolveCredentials(
  session: AwsSession,
  { object }: Pick<SessionRequest, 'object'>,
): Promise<AwsCredentials> {
  try {
    return await session.credentials();
  } catch (error) {
    if (error instanceof SecretError) throw error;
    const failure = caughtFailure(error, 'sts:AssumeRole');
    throw secretErrorOf(failure, { object, tried: 'log in to AWS', region: session.region });
  }
}

function createOnce(): AwsSession['once'] {
  const made = new Map<string, unknown>();
  return <Value>(name: string, make: () => Value): Value => {
    if (!made.has(name)) made.set(name, make());
    return made.get(name) as Value;
  };
}
