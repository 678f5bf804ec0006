import process from 'node:process';
import { afterAll, beforeAll } from '@jest/globals';
import { openParameterStoreBed, openSecretsManagerBed } from '../support/aws/aws-beds.ts';
import { type Emulator, startEmulator } from '../support/aws/start-emulator.ts';
import { secretProviderContract } from './secret-provider.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ iam: true });
  process.env['AWS_ENDPOINT_URL'] = emulator.endpoint;
});

afterAll(() => emulator.stop());

secretProviderContract('AWS Secrets Manager', () => openSecretsManagerBed(emulator));
secretProviderContract('AWS Parameter Store', () => openParameterStoreBed(emulator));
