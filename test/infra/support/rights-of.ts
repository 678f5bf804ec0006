import type { Resource, Synthesised } from './synthesise.ts';

/** What a role may do: by action, the things that it may be done to, in words. */
export type Rights = { readonly [action: string]: readonly string[] };

type Statement = { readonly Effect: 'Allow' | 'Deny'; readonly Action: string | string[]; readonly Resource: unknown };

/** All that the role of a function may do. Denials have a "not" before the action. */
export function rightsOf(synthesised: Synthesised, stack: string, name: string): Rights {
  const role = roleOf(synthesised, stack, name);
  const policies = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    synthesised.resources(stack, type),
  );
  const ofRole = policies.filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(`"${role}"`));
  const statements = ofRole.flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
  const pairs = statements.flatMap(({ Effect, Action, Resource }) =>
    [Action].flat().map((action) => [Effect === 'Deny' ? `not ${action}` : action, resourcesOf(Resource)] as const),
  );
  const byAction = Map.groupBy(pairs, ([action]) => action);
  return Object.fromEntries(
    [...byAction].map(([action, all]) => [action, [...new Set(all.flatMap(([, things]) => things))].sort()]),
  );
}

/** The function of that name in a stack. */
export function functionOf({ resources }: Synthesised, stack: string, name: string): Resource {
  const found = resources(stack, 'AWS::Lambda::Function').find(
    ({ Properties }) => Properties.Environment?.Variables?.POWERTOOLS_SERVICE_NAME === name,
  );
  if (found === undefined) throw new Error(`no function ${name} in ${stack}`);
  return found;
}

function roleOf(synthesised: Synthesised, stack: string, name: string): string {
  return functionOf(synthesised, stack, name).Properties.Role['Fn::GetAtt'][0];
}

function resourcesOf(resource: unknown): readonly string[] {
  return (Array.isArray(resource) ? resource : [resource]).map((one) => shorten(inWords(one)));
}

/** A value of CloudFormation as text: what refers to something is its name in angle brackets. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, content] = ['', '']] = Object.entries(value as object);
  if (name === 'Ref') return `<${content}>`;
  if (name === 'Fn::ImportValue') return `<${inWords(content)}>`;
  if (name === 'Fn::GetAtt') return `<${content[0].replace(/[0-9A-F]{8}$/, '')}.${content[1]}>`;
  if (name === 'Fn::Join') return content[1].map(inWords).join(content[0]);
  return JSON.stringify(value);
}

function shorten(text: string): string {
  return text
    .replace(/^arn:(aws|<AWS::Partition>):(\w+):[\w:<>-]*?:([^:]+)$/, '$2 $3')
    .replace('<plumbline-bucket-arn>/', 'state ')
    .replace(/^<plumbline-(.*)-arn>$/, '$1');
}
