import { inWords } from './rights-of.ts';
import type { Resource, Synthesised } from './synthesise.ts';

/** Where the functions of a private zone can send to: a port and a group, a prefix list or a range each. */
export function egressOf({ template, resources }: Synthesised, stack: string): readonly string[] {
  const all = template(stack).findResources('AWS::EC2::SecurityGroup') as { readonly [id: string]: Resource };
  const [id, group] = Object.entries(all).find(([name]) => name.startsWith('NetworkFunctions')) ?? [];
  const apart = resources(stack, 'AWS::EC2::SecurityGroupEgress').map(({ Properties }) => Properties);
  const ofGroup = apart.filter(({ GroupId }) => JSON.stringify(GroupId).includes(`"${id}"`));
  return [...(group?.Properties.SecurityGroupEgress ?? []), ...ofGroup].map(toWords).sort();
}

function toWords(rule: Resource['Properties']): string {
  const { FromPort, ToPort, DestinationPrefixListId, DestinationSecurityGroupId, CidrIp } = rule;
  const ports = FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`;
  return `${ports} ${inWords(DestinationPrefixListId ?? DestinationSecurityGroupId ?? CidrIp)}`;
}
