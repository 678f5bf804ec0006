import { randomBytes } from 'node:crypto';
import type { Conceal } from '../model/secret-value.ts';
import type { SecretsConfig } from '../model/secrets-config.ts';
import type { KeyFiles, SecretPorts, SecretStores } from '../secret-ports.ts';
import { lazyPort } from './lazy-port.ts';

/** How long one call to a store of secrets may take. */
const timeoutMs = 10_000;
/** How long a value that was read serves others who ask for the same. */
const keepMs = 10_000;

export type SecretPortsOptions = {
  readonly conceal: Conceal;
  /** The operator's word, asked for once. */
  readonly readConfig: () => Promise<SecretsConfig>;
  readonly openKeyFiles: () => Promise<KeyFiles>;
};

/** `close` ends logins and connections. */
export type OpenSecretPorts = { readonly secrets: SecretPorts; readonly close: () => Promise<void> };

/** All that resolving secrets needs; nothing of it is loaded before a secret is met. */
export function openSecretPorts({ conceal, readConfig, openKeyFiles }: SecretPortsOptions): OpenSecretPorts {
  let stores: Promise<OpenStores> | undefined;
  let config: Promise<SecretsConfig> | undefined;
  const open = (): Promise<OpenStores> => {
    stores ??= openStores(conceal);
    return stores;
  };
  const secrets: SecretPorts = {
    config: () => {
      config ??= readConfig();
      return config;
    },
    stores: lazyPort(open),
    keyFiles: lazyPort(openKeyFiles),
    dataKeys: lazyPort(async () => {
      const { createAwsDataKeys } = await import('../adapters/aws/data-keys.ts');
      return createAwsDataKeys({ conceal });
    }),
    conceal,
    randomBytes: (length) => randomBytes(length),
  };
  return {
    secrets,
    close: async () => {
      await (await stores?.catch(() => undefined))?.close();
    },
  };
}

type OpenStores = SecretStores & { readonly close: () => Promise<void> };

async function openStores(conceal: Conceal): Promise<OpenStores> {
  const { createSecretStores } = await import('./secret-stores.ts');
  return createSecretStores({ conceal, timeoutMs, keepMs });
}
