import { createSecretStores } from '../../../shared/composition/secret-stores.ts';
import type { Json } from '../../../shared/model/json.ts';
import type { SecretPorts } from '../../../shared/secret-ports.ts';
import { parseSecretsConfig } from '../../../shared/secrets/config/parse-config.ts';
import { noSecrets, testConceal } from './no-secrets.ts';

/** The real stores, with the operator's configuration as a test writes it. Nothing that was read is kept for later. */
export function secretPorts(config: Json, more: Partial<SecretPorts> = {}): SecretPorts {
  const parsed = parseSecretsConfig(config, 'the test');
  return {
    ...noSecrets,
    config: async () => parsed,
    stores: createSecretStores({ conceal: testConceal, timeoutMs: 5_000, keepMs: 0 }),
    ...more,
  };
}
