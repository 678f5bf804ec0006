import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type PolicyStatementProps, type Role } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** A right that a role is to have. */
export type Right = Pick<PolicyStatementProps, 'conditions'> & {
  /** Letters and digits; absent where each of many clusters or zones has such a right. */
  readonly sid?: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Why a resource is more than one thing; without it a `*` is refused. */
  readonly why?: string;
};

/** What IAM is to be told. */
export function statementOf({ actions, resources, why: _, ...more }: Right): PolicyStatement {
  return new PolicyStatement({ ...more, actions: [...actions], resources: [...resources] });
}

/** Gives a role a right. Each `*` in it has a written reason, which cdk-nag finds beside the role. */
export function allow(role: Role, right: Right): void {
  role.addToPolicy(statementOf(right));
  const wide = right.resources.map((resource) => flatten(Stack.of(role).resolve(resource))).filter(hasStar);
  const { why } = right;
  if (right.actions.some(hasStar) || (wide.length > 0 && why === undefined))
    throw new Error(`${role.node.path}: ${right.actions.join(', ')} has a "*" without a reason`);
  for (const resource of wide) explain(role, `AwsSolutions-IAM5[Resource::${resource}]`, why ?? '');
}

/** Writes down why a rule of cdk-nag does not hold here. */
export function explain(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}

function hasStar(text: string): boolean {
  return text.includes('*');
}

/** A resource as cdk-nag writes it in its findings. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, content] = ['', '']] = Object.entries(value as object);
  if (name === 'Ref') return `<${content}>`;
  if (name === 'Fn::ImportValue') return flatten(content);
  if (name === 'Fn::GetAtt') return `<${content.join('.')}>`;
  if (name === 'Fn::Join') return content[1].map(flatten).join(content[0]);
  return JSON.stringify(value);
}
