import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { allow } from './allow.ts';
import type { NamedSecret } from './named-secret.ts';
import { rightsToState, type State, type StateRights } from './state-rights.ts';

/** Makes the role of a function: without any right, or with a zone's rights to the state. */
export function createFunctionRole(
  scope: Construct,
  id: string,
  { description, state, rights }: { description: string; state?: State; rights?: StateRights },
): Role {
  const role = new Role(scope, id, { description, assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  if (state !== undefined && rights !== undefined) for (const right of rightsToState(state, rights)) allow(role, right);
  return role;
}

/** Lets a role send to queues. */
export function allowSend(role: Role, queueArns: readonly string[]): void {
  allow(role, { actions: ['sqs:SendMessage'], resources: queueArns });
}

/** Lets a role read the text of secrets, with their keys where those are not AWS's own. */
export function allowSecretTexts(role: Role, secrets: readonly NamedSecret[]): void {
  if (secrets.length === 0) return;
  const keys = secrets.flatMap(({ keyArn }) => (keyArn === undefined ? [] : [keyArn]));
  const resources = secrets.map(({ pattern }) => pattern);
  allow(role, {
    actions: ['secretsmanager:GetSecretValue'],
    resources,
    why: 'The operator has allowed what this pattern names.',
  });
  if (keys.length > 0) allow(role, { actions: ['kms:Decrypt'], resources: keys });
}
