import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { readSettings } from '../../../../shared/adapters/aws/settings.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { awsTrouble, testCalls } from './aws-trouble.ts';

const mock = mockClient(SSMClient);
beforeEach(() => void mock.reset());

const path = '/plumbline/prod';
const read = (from = path): ReturnType<typeof readSettings> => readSettings(from, testCalls());

describe('the settings', () => {
  it.each([path, `${path}/`])('below %s are read to the last page, under their names from there', async (from) => {
    mock
      .on(GetParametersByPathCommand)
      .resolvesOnce({ Parameters: [{ Name: `${path}/installation`, Value: '{}', Type: 'String' }], NextToken: 'a' })
      .rejectsOnce(awsTrouble('ThrottlingException', 400))
      .resolvesOnce({ Parameters: [], NextToken: 'b' })
      .resolvesOnce({ Parameters: [{ Name: `${path}/clusters/eu`, Value: '{"zone":"public"}' }] });
    expect(await read(from)).toEqual({ installation: '{}', 'clusters/eu': '{"zone":"public"}' });
    const asked = mock.commandCalls(GetParametersByPathCommand).map(({ args }) => args[0].input);
    expect(asked[0]).toMatchObject({ Path: path, Recursive: true, WithDecryption: false });
    expect(asked.map(({ NextToken }) => NextToken)).toEqual([undefined, 'a', 'a', 'b']);
  });

  it('are none where there are none', async () => {
    mock.on(GetParametersByPathCommand).resolves({});
    expect(await read()).toEqual({});
  });

  it('are an error, and none the fewer, when a page is denied', async () => {
    mock
      .on(GetParametersByPathCommand)
      .resolvesOnce({ Parameters: [{ Name: `${path}/installation`, Value: '{}' }], NextToken: 'a' })
      .rejects(awsTrouble('AccessDeniedException', 400));
    expect(await failureOf(read())).toMatchObject({
      code: 'store-unusable',
      retryable: false,
      message: 'Settings /plumbline/prod: cannot read them: AWS denies ssm:GetParametersByPath',
      hint: expect.stringContaining('ssm:GetParametersByPath on the parameters /plumbline/prod'),
    });
  });

  it('hold no secrets: one that is encrypted is named', async () => {
    mock
      .on(GetParametersByPathCommand)
      .resolves({ Parameters: [{ Name: `${path}/token`, Value: 'AQICAHc4n4ry', Type: 'SecureString' }] });
    expect(await failureOf(read())).toMatchObject({
      code: 'store-unusable',
      message: 'Setting /plumbline/prod/token is a SecureString, and settings are not decrypted',
    });
  });
});
