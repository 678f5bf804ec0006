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
  store: Pick<AwsStore, 'service' | 'region' | 'prefix'>,
  key: string | undefined,
): string | undefined {
  if (key === undefined) return undefined;
  const asked = `${store.prefix}${key}`;
  const names = asked.startsWith('arn:') ? namesInOwnArn(asked, store) : [asked];
  if (names.length === 0) return `${asked} is no ARN of ${store.service} in region ${store.region}`;
  return names.map((name) => objectionToName(aws, store, name)).find((reason) => reason !== undefined);
}

/** Parameter Store gives secrets of Secrets Manager away, too, which are allowed as such. */
function objectionToName(
  aws: SecretsGrant['aws'],
  { service }: Pick<AwsStore, 'service'>,
  asked: string,
): string | undefined {
  const secret = service === 'ParameterStore' ? secretReference.exec(asked)?.[1] : undefined;
  const name = secret ?? asked;
  const list = service === 'SecretsManager' || secret !== undefined ? 'secrets' : 'parameters';
  return allowsName(aws?.[list] ?? [], name) ? undefined : `${name} is not among \`aws.${list}\``;
}

const secretReference = /^\/*aws\/reference\/secretsmanager\/(.*)$/is;

/**
 * The names that an ARN may mean, if it is one of the store's service and region; another one may mean something else to AWS than it seems
 * to. Secrets Manager takes an ARN without its random end, too, and nobody can tell whether `db-backup` has one.
 */
function namesInOwnArn(arn: string, { service, region }: Pick<AwsStore, 'service' | 'region'>): readonly string[] {
  const [, , , , , resource = '', ...rest] = arn.split(':');
  const [of, kind] = service === 'SecretsManager' ? ['secretsmanager', /^secret$/] : ['ssm', /^parameter\//];
  if (!new RegExp(`^arn:aws[-a-z]*:${of}:${region}:\\d+:`).test(arn) || !kind.test(resource)) return [];
  return service === 'SecretsManager' ? [rest.join(':'), nameOfArn(arn)] : [nameOfArn(arn)];
}

/** The name in `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf` and `arn:aws:ssm:REGION:ACCOUNT:parameter/NAME`. */
export function nameOfArn(arn: string): string {
  const [, , service = '', , , resource = '', ...rest] = arn.split(':');
  return service === 'ssm' ? resource.replace(/^parameter/, '') : rest.join(':').replace(/-[A-Za-z0-9]{6}$/, '');
}
