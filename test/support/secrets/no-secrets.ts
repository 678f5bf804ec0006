import { randomBytes } from 'node:crypto';
import { concealWith } from '../../../shared/adapters/local/conceal.ts';
import type { Conceal } from '../../../shared/model/secret-value.ts';
import type { SecretPorts } from '../../../shared/secret-ports.ts';
import { defaultSecretsConfig } from '../../../shared/secrets/config/default-config.ts';

/** The same marks in every process of a test run. */
export const testConceal: Conceal = concealWith(Buffer.from('a key of the tests'));

/** For tests that have no secrets: whoever asks for one fails. */
export const noSecrets: SecretPorts = {
  config: async () => defaultSecretsConfig,
  stores: { open: () => Promise.reject(unexpected()), issue: () => Promise.reject(unexpected()), forget: () => {} },
  keyFiles: { read: () => Promise.reject(unexpected()), add: () => Promise.reject(unexpected()) },
  dataKeys: { decrypt: () => Promise.reject(unexpected()) },
  conceal: testConceal,
  randomBytes: (length) => randomBytes(length),
};

function unexpected(): Error {
  return new Error('This test has no secrets');
}
