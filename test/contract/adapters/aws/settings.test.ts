import { SSM } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSettings } from '../../../../shared/adapters/aws/settings.ts';
import { allowUser, createUser } from '../../../support/aws/iam.ts';
import { type Emulator, startEmulator } from '../../../support/aws/start-emulator.ts';
import { failureOf } from '../../../support/failure-of.ts';

let emulator: Emulator;
let ssm: SSM;
beforeAll(async () => {
  emulator = await startEmulator({ iam: true });
  process.env['AWS_ENDPOINT_URL'] = emulator.endpoint;
  const { region, credentials, endpoint } = emulator;
  ssm = new SSM({ region, credentials, endpoint });
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  ssm.destroy();
  await emulator.stop();
});

const read = (path: string, credentials = emulator.credentials): ReturnType<typeof readSettings> =>
  readSettings(path, { region: emulator.region, credentials: async () => credentials });

describe('settings in Parameter Store', () => {
  it('are all below their path, on whatever page, and none beside it', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `clusters/c${10 + index}`);
    const wanted = { installation: '{"id":"prod"}', ...Object.fromEntries(names.map((name) => [name, `of ${name}`])) };
    for (const [name, Value] of Object.entries(wanted))
      await ssm.putParameter({ Name: `/plumbline/prod/${name}`, Value, Type: 'String' });
    await ssm.putParameter({ Name: '/plumbline/prod2/installation', Value: 'other', Type: 'String' });
    expect(await read('/plumbline/prod')).toEqual(wanted);
    expect(await read('/plumbline/none')).toEqual({});
  });

  it('are an error for who may not read them', async () => {
    const keys = await createUser(emulator, 'relay');
    await allowUser(emulator, 'relay', [{ Effect: 'Allow', Action: 'ssm:GetParameter', Resource: '*' }]);
    expect(await failureOf(read('/plumbline/prod', keys))).toMatchObject({
      code: 'store-unusable',
      message: expect.stringContaining('AWS denies ssm:GetParametersByPath'),
    });
  });
});
