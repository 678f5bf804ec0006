import type { SecretsConfig } from '../../model/secrets-config.ts';

/** What holds where the operator says nothing: nothing may be read, and no key is there. */
export const defaultSecretsConfig: SecretsConfig = {
  mode: 'auto',
  controllerClass: 'plumbline',
  grants: [],
  sealingKeys: [],
  sops: { ageKeys: [], kms: { keys: [], roles: [] } },
};
