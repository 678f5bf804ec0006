import type { Parameter } from '@aws-sdk/client-ssm';
import { PlumbError } from '../../errors.ts';
import { attempt, usualAttempts } from './attempt.ts';
import { type CallOptions, callConfig } from './call-options.ts';
import type { ParameterStoreCalls } from './clients/parameter-store-calls.ts';
import { serviceErrorOf } from './service-error.ts';

/** Texts by their names below the path, such as `clusters/prod`. */
export type Settings = { readonly [name: string]: string };

const action = 'ssm:GetParametersByPath';
const pageSize = 10;

/** The parameters of Parameter Store below a path, as they are now. None of them may be secret: nothing is decrypted. */
export async function readSettings(path: string, options: CallOptions = {}): Promise<Settings> {
  const { ParameterStoreCalls } = await import('./clients/parameter-store-calls.ts');
  const client = new ParameterStoreCalls(callConfig(options));
  try {
    const found = await readPages(client, path.replace(/\/+$/, ''), options);
    return Object.fromEntries(found.map((parameter) => toSetting(parameter, path)));
  } finally {
    client.destroy();
  }
}

async function readPages(
  client: ParameterStoreCalls,
  path: string,
  { attempts = usualAttempts }: CallOptions,
): Promise<Parameter[]> {
  const found: Parameter[] = [];
  for (let token: string | undefined; ; ) {
    const page = { MaxResults: pageSize, ...(token === undefined ? {} : { NextToken: token }) };
    const input = { Path: path, Recursive: true, WithDecryption: false, ...page };
    const outcome = await attempt(action, () => client.getParametersByPath(input), attempts);
    if (!outcome.ok)
      throw serviceErrorOf(outcome.failure, {
        code: 'store-unusable',
        object: `Settings ${path}`,
        tried: 'read them',
        resource: `the parameters ${path} and ${path}/*`,
      });
    found.push(...(outcome.value.Parameters ?? []));
    token = outcome.value.NextToken;
    // AWS gives pages without parameters in the middle, and an empty token at the end.
    if (!token) return found;
  }
}

function toSetting({ Name = '', Type, Value = '' }: Parameter, path: string): readonly [name: string, text: string] {
  if (Type !== 'SecureString') return [Name.slice(path.replace(/\/*$/, '/').length), Value];
  throw new PlumbError('store-unusable', `Setting ${Name} is a SecureString, and settings are not decrypted`, {
    object: Name,
    hint: 'Write it as a String, or keep what is secret in Secrets Manager.',
  });
}
