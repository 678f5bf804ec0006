import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  type GetParametersCommandInput,
  ListTagsForResourceCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createAwsStores } from '../../../../shared/adapters/aws/open-aws-store.ts';
import type { SecretProvider } from '../../../../shared/secret-ports.ts';
import { conceal, textOf } from '../../../contract/secret-provider.ts';
import { accessWith, awsStore, openStore } from '../../../support/aws/aws-beds.ts';
import { failureOf } from '../../../support/failure-of.ts';

const mock = mockClient(SSMClient);

beforeEach(() => void mock.reset());

function open(prefix = ''): Promise<SecretProvider> {
  const access = accessWith({ accessKeyId: 'AKIA', secretAccessKey: 'secret' });
  return openStore(createAwsStores({ conceal, keepMs: 0 }), awsStore('ParameterStore', { prefix }), access);
}

/** Parameter Store that has every parameter in every version; its value is what was asked for. */
function haveAll(): void {
  mock.on(GetParametersCommand).callsFake(({ Names = [] }: GetParametersCommandInput) => ({
    Parameters: Names.map((whole) => {
      const [Name, selector] = whole.split(':');
      return { Name, Value: whole, Version: 3, ...(selector === undefined ? {} : { Selector: `:${selector}` }) };
    }),
  }));
  mock.on(GetParameterCommand).callsFake(({ Name }) => ({ Parameter: { Name, Value: Name, Version: 3 } }));
}

function denied(): Error {
  return Object.assign(new Error('c4n4ry'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } });
}

describe('Parameter Store', () => {
  it('is asked for ten parameters at once, decrypted', async () => {
    haveAll();
    const provider = await open();
    const keys = Array.from({ length: 95 }, (_, index) => `/shop/${index}`);
    const answers = await Promise.all([...keys, ...keys].map((key) => provider.read({ key })));
    expect(answers.map(textOf)).toEqual([...keys, ...keys]);
    const calls = mock.commandCalls(GetParametersCommand);
    expect(calls).toHaveLength(10);
    expect(calls.every(({ args }) => args[0].input.WithDecryption)).toBe(true);
  });

  it('is asked for a version or a label behind a colon, with the prefix of the store before the name', async () => {
    haveAll();
    const provider = await open('/shop/');
    const addresses = [{ key: 'a' }, { key: 'a', version: '2' }, { key: 'a', version: 'live' }];
    const answers = await Promise.all(addresses.map((address) => provider.read(address)));
    expect(answers.map(textOf)).toEqual(['/shop/a', '/shop/a:2', '/shop/a:live']);
  });

  it('is asked for each of a batch on its own when one of them spoils it', async () => {
    haveAll();
    mock.on(GetParametersCommand).rejects(denied());
    mock.on(GetParameterCommand, { Name: 'b', WithDecryption: true }).rejects(denied());
    const provider = await open();
    const [a, b] = await Promise.all([provider.read({ key: 'a' }), provider.read({ key: 'b' })]);
    expect(textOf(a)).toBe('a');
    expect(b).toMatchObject({ error: { code: 'secret-denied', message: expect.stringContaining('ssm:GetParameter') } });
  });

  it('says that a parameter, a version and what it should tell the tags of are absent', async () => {
    mock.on(GetParametersCommand).resolves({ InvalidParameters: ['a', 'b:9'] });
    mock.on(ListTagsForResourceCommand).rejects(Object.assign(denied(), { name: 'InvalidResourceId' }));
    const provider = await open();
    const addresses = [{ key: 'a' }, { key: 'b', version: '9' }, { key: 'c', metadata: true }];
    const answers = await Promise.all(addresses.map((address) => provider.read(address)));
    expect(answers).toEqual([{ state: 'absent' }, { state: 'absent' }, { state: 'absent' }]);
  });

  it('gives tags as Go writes JSON', async () => {
    mock.on(ListTagsForResourceCommand).resolves({
      TagList: [
        { Key: 'b', Value: '<&>' },
        { Key: '10', Value: '"' },
        { Key: '9', Value: 'ü' },
      ],
    });
    const answer = await (await open()).read({ key: 'a', metadata: true });
    expect(textOf(answer)).toBe(String.raw`{"10":"\"","9":"ü","b":"\u003c\u0026\u003e"}`);
  });

  it('finds by tags through filters of AWS, which compare the whole value, and by path among them', async () => {
    haveAll();
    mock.on(DescribeParametersCommand).resolves({ Parameters: [{ Name: '/shop/a' }, { Name: '/shop/b' }] });
    const found = await (await open()).find({
      tags: { team: 'red' },
      path: '/shop',
      matches: (name) => name.endsWith('b'),
    });
    expect(found.map(({ key, answer }) => [key, textOf(answer)])).toEqual([['/shop/b', '/shop/b']]);
    expect(mock.commandCalls(DescribeParametersCommand)[0]?.args[0].input.ParameterFilters).toEqual([
      { Key: 'tag:team', Values: ['red'] },
      { Key: 'Path', Option: 'Recursive', Values: ['/shop'] },
    ]);
  });

  it('walks the hierarchy where listing all is denied, and lists where walking is, and says so when both are', async () => {
    haveAll();
    mock.on(DescribeParametersCommand).rejects(denied());
    mock.on(GetParametersByPathCommand).resolves({ Parameters: [{ Name: '/shop/a' }] });
    const provider = await open();
    expect(await provider.find({})).toHaveLength(1);
    mock.on(GetParametersByPathCommand).rejects(denied());
    expect(await failureOf(provider.find({}))).toMatchObject({
      code: 'secret-denied',
      message: 'SecretStore shop/aws: cannot list parameters: AWS denies ssm:GetParametersByPath',
    });
    mock.on(DescribeParametersCommand).resolves({ Parameters: [{ Name: '/shop/b' }] });
    expect((await provider.find({ path: '/shop/' })).map(({ key }) => key)).toEqual(['/shop/b']);
  });
});
