import type { AwsIdentity, AwsStore } from '../../model/aws-store.ts';
import type { SecretsGrant } from '../../model/secrets-config.ts';
import { allowsName, matchesAny } from './matches-any.ts';

type Identity = Pick<AwsIdentity, 'region' | 'role' | 'additionalRoles' | 'auth'>;

/** Why a store or generator may not act as whom it names; undefined: it may. */
export function objectionToAwsIdentity(
  aws: SecretsGrant['aws'],
  { region, role, additionalRoles, auth }: Identity,
): string | undefined {
  if (aws === undefined) return 'AWS is not allowed (`aws`)';
  if (!matchesAny(aws.regions, region)) return `region ${region} is not among \`aws.regions\``;
  const roles = [...additionalRoles, ...(role === undefined ? [] : [role])];
  const refused = roles.find((each) => !matchesAny(aws.roles, each));
  if (refused !== undefined) return `role ${refused} is not among \`aws.roles\``;
  if (roles.length > 0 || auth !== undefined || aws.ownIdentity) return undefined;
  return "the store names no role, and Plumbline's own rights are not for it (`aws.ownIdentity: true`)";
}

/** Why a store may not read that name; undefined: it may. */
export function objectionToAwsName(
  aws: SecretsGrant['aws'],
  { service, prefix }: AwsStore,
  key: string | undefined,
): string | undefined {
  if (key === undefined) return undefined;
  const list = service === 'SecretsManager' ? 'secrets' : 'parameters';
  const name = key.startsWith('arn:') ? nameOfArn(key) : `${prefix}${key}`;
  return allowsName(aws?.[list] ?? [], name) ? undefined : `${name} is not among \`aws.${list}\``;
}

/** The name in `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf` and `arn:aws:ssm:REGION:ACCOUNT:parameter/NAME`. */
export function nameOfArn(arn: string): string {
  const [, , service = '', , , resource = '', ...rest] = arn.split(':');
  return service === 'ssm' ? resource.replace(/^parameter/, '') : rest.join(':').replace(/-[A-Za-z0-9]{6}$/, '');
}
