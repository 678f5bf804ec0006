import { postSigned } from './post-signed.ts';
import type { Emulator } from './start-emulator.ts';

/** The keys of an IAM user. */
export type UserKeys = { readonly accessKeyId: string; readonly secretAccessKey: string };

/** What a user may do, and what not, with which resources. */
export type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
};

/** Makes an IAM user, or gives it another policy, and tells its new keys. */
export async function createUser(emulator: Emulator, name: string): Promise<UserKeys> {
  await callIam(emulator, { Action: 'CreateUser', UserName: name });
  const answer = await callIam(emulator, { Action: 'CreateAccessKey', UserName: name });
  return { accessKeyId: element(answer, 'AccessKeyId'), secretAccessKey: element(answer, 'SecretAccessKey') };
}

/** Sets what a user may do, in place of what it might before. */
export async function allowUser(emulator: Emulator, name: string, statements: readonly Statement[]): Promise<void> {
  await callIam(emulator, {
    Action: 'PutUserPolicy',
    UserName: name,
    PolicyName: 'all',
    PolicyDocument: policy(statements),
  });
}

/** Makes a role that a principal of the account may assume, and gives its ARN. */
export async function createRole(
  emulator: Emulator,
  name: string,
  { trust, statements }: { readonly trust: readonly object[]; readonly statements: readonly Statement[] },
): Promise<string> {
  const answer = await callIam(emulator, {
    Action: 'CreateRole',
    RoleName: name,
    AssumeRolePolicyDocument: policy(trust),
  });
  await callIam(emulator, {
    Action: 'PutRolePolicy',
    RoleName: name,
    PolicyName: 'all',
    PolicyDocument: policy(statements),
  });
  return element(answer, 'Arn');
}

/** Takes a right from a role, whatever its policies say. */
export async function denyRole(emulator: Emulator, role: string, action: string): Promise<void> {
  await callIam(emulator, {
    Action: 'PutRolePolicy',
    RoleName: role,
    PolicyName: 'denied',
    PolicyDocument: policy([{ Effect: 'Deny', Action: action, Resource: '*' }]),
  });
}

/** Takes that back. */
export async function restoreRole(emulator: Emulator, role: string): Promise<void> {
  await callIam(emulator, { Action: 'DeleteRolePolicy', RoleName: role, PolicyName: 'denied' });
}

function policy(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function callIam(emulator: Emulator, fields: { readonly [name: string]: string }): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams({ ...fields, Version: '2010-05-08' }).toString();
  return postSigned(emulator, fields['Action'] ?? '', { service: 'iam', region: 'us-east-1', headers, body });
}

function element(xml: string, name: string): string {
  const [, value] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  if (value === undefined) throw new Error(`no ${name} in ${xml}`);
  return value;
}
