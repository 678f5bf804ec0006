import { SecretError } from '../../errors.ts';
import { plainIdentity } from '../../model/aws-store.ts';
import type { Issued } from '../../model/secret-generator.ts';
import type { SecretStores, StoreAccess } from '../../secret-ports.ts';
import { attempt } from './attempt.ts';
import { callConfig } from './call-options.ts';
import type { EcrCalls } from './clients/ecr-calls.ts';
import type { AwsSession, AwsSessions } from './sessions.ts';
import { secretErrorOf } from './store-error.ts';

type EcrToken = Issued & { readonly type: 'ecr-token' };
type Token = Awaited<ReturnType<SecretStores['issue']>>;

const action = 'ecr:GetAuthorizationToken';
const object = 'ECRAuthorizationToken';

/** Asks for a token that registries of the account take for twelve hours. */
export async function issueEcrToken(
  spec: EcrToken,
  { sessions, access }: { readonly sessions: AwsSessions; readonly access: StoreAccess },
): Promise<Token> {
  if (spec.scope === 'public')
    throw new SecretError('secret-refused', `${object}: tokens for the public registry are not supported`, {
      object,
      hint: 'Public images need no token; use scope: private for registries of an account.',
    });
  const { region, role, auth } = spec;
  const identity = {
    ...plainIdentity(region),
    ...(role === undefined ? {} : { role }),
    ...(auth === undefined ? {} : { auth }),
  };
  const asker = { namespace: access.namespace, store: { kind: object, namespace: access.namespace, name: 'ecr' } };
  const session = await sessions.open({ identity, access, asker, object });
  return fetchToken(session);
}

async function openEcr(session: AwsSession): Promise<EcrCalls> {
  const { EcrCalls } = await import('./clients/ecr-calls.ts');
  return new EcrCalls(callConfig(session));
}

async function fetchToken(session: AwsSession): Promise<Token> {
  const { region } = session;
  const client = await session.once('ecr-client', () => openEcr(session));
  const answer = await session.limit.run(() => attempt(action, () => client.getAuthorizationToken(), session.attempts));
  if (!answer.ok) throw secretErrorOf(answer.failure, { object, tried: 'ask for a token', region });
  const { authorizationToken = '', expiresAt, proxyEndpoint = '' } = answer.value.authorizationData?.[0] ?? {};
  const [username = '', password = '', ...more] = Buffer.from(authorizationToken, 'base64').toString().split(':');
  if (password === '' || more.length > 0 || expiresAt === undefined)
    throw new SecretError('secret-invalid', `${object}: AWS gave a token of an unknown form in ${region}`, { object });
  const texts = {
    username,
    password,
    proxy_endpoint: proxyEndpoint,
    expires_at: `${Math.floor(expiresAt.getTime() / 1000)}`,
  };
  const values = Object.entries(texts).map(([name, text]) => [name, session.conceal(Buffer.from(text))] as const);
  return { values: new Map(values), expiresAt: expiresAt.toISOString() };
}
