/** Who of AWS is let into a cluster, and who that is there. */
export type AccessEntry = {
  /** Of a role or a user. */
  readonly principalArn: string;
  /** `{{SessionName}}` is put in; absent: what EKS makes of the ARN. */
  readonly username?: string;
  readonly groups: readonly string[];
};

export type ClusterUser = { readonly username: string; readonly groups: readonly string[] };

const sessionForm = /^arn:(aws[\w-]*):sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/;

/** Whom an ARN is taken for, as EKS does it; undefined: nobody made an access entry. */
export function userOf(arn: string, entries: readonly AccessEntry[]): ClusterUser | undefined {
  const [, partition, account, role, session = ''] = sessionForm.exec(arn) ?? [];
  const principal = role === undefined ? arn : `arn:${partition}:iam::${account}:role/${role}`;
  const entry = entries.find(({ principalArn }) => principalArn === principal);
  if (entry === undefined) return undefined;
  const { username = arn, groups } = entry;
  return { username: username.replaceAll('{{SessionName}}', session.replaceAll('@', '-')), groups };
}
