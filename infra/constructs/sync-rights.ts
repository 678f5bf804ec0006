import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { allow } from './allow.ts';
import type { ClusterOptions } from './cluster-options.ts';
import { allowSecretTexts } from './function-role.ts';
import type { NamedSecret } from './named-secret.ts';

const noResource = 'The action knows no resource. It gives names, or values of what GetSecretValue is allowed for.';
const byOperator = 'The operator has allowed what this pattern names.';

/** What the operator allows a sync zone beyond the state: clusters and secrets. A private zone gets only what it can reach. */
export class SyncRights {
  readonly #role: Role;
  readonly #isPrivate: boolean;
  #reachesSecrets: boolean;
  readonly #waiting: (() => void)[] = [];

  constructor(role: Role, { isPrivate }: { readonly isPrivate: boolean }) {
    this.#role = role;
    this.#isPrivate = isPrivate;
    this.#reachesSecrets = !isPrivate;
  }

  /** Lets the zone take the role that a cluster is held with. */
  allowCluster({ role }: ClusterOptions): void {
    if (!this.#isPrivate && role !== undefined) this.allowRoles([role]);
  }

  /** Lets the zone read secrets of applications, several at a time. */
  allowSecrets(secrets: readonly NamedSecret[]): void {
    this.#onceSecretsAreReached(() => {
      allowSecretTexts(this.#role, secrets);
      const actions = ['secretsmanager:BatchGetSecretValue'];
      allow(this.#role, { actions, resources: ['*'], why: noResource });
    });
  }

  /** Lets the zone read parameters, one by one and below a path. */
  allowParameters(resources: readonly string[]): void {
    if (this.#isPrivate) return;
    const actions = ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'];
    allow(this.#role, { actions, resources, why: byOperator });
  }

  /** Lets the zone decrypt what applications bring along. */
  allowKeys(resources: readonly string[]): void {
    if (!this.#isPrivate) allow(this.#role, { actions: ['kms:Decrypt'], resources, why: byOperator });
  }

  /** Lets the zone assume roles. */
  allowRoles(resources: readonly string[]): void {
    if (!this.#isPrivate) allow(this.#role, { actions: ['sts:AssumeRole'], resources, why: byOperator });
  }

  /** Lets the zone see the names of all secrets and parameters, as `find` of an ExternalSecret needs it. */
  allowSecretSearch(): void {
    const more = this.#isPrivate ? [] : ['ssm:DescribeParameters'];
    const actions = ['secretsmanager:ListSecrets', ...more];
    this.#onceSecretsAreReached(() => allow(this.#role, { actions, resources: ['*'], why: noResource }));
  }

  /** Secrets Manager can be reached from now on. */
  secretsAreReached(): void {
    this.#reachesSecrets = true;
    for (const rule of this.#waiting.splice(0)) rule();
  }

  #onceSecretsAreReached(rule: () => void): void {
    if (this.#reachesSecrets) rule();
    else this.#waiting.push(rule);
  }
}

/** Lets Lambda, and not the code that it runs, place a function in a VPC. */
export function allowNetworkInterfaces(role: Role): void {
  const actions = [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const why =
    'Interfaces have no names before they are made. The denial beside it keeps the right from the code itself.';
  allow(role, { sid: 'PlaceInVpc', actions, resources: ['*'], why });
  const byCode = { Null: { 'lambda:SourceFunctionArn': 'false' } };
  const denial = { sid: 'NotByCode', effect: Effect.DENY, actions, resources: ['*'], conditions: byCode };
  role.addToPolicy(new PolicyStatement(denial));
}
