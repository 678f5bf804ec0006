import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PlumbError } from '../shared/errors.ts';
import type { Conceal } from '../shared/model/secret-value.ts';
import type { SecretsConfig } from '../shared/model/secrets-config.ts';
import type { KeyFiles, SecretPorts, SecretStores } from '../shared/secret-ports.ts';
import { fileProblem } from './file-problem.ts';
import { lazyPort } from './lazy-port.ts';

/** How long one call to a store of secrets may take. */
const timeoutMs = 10_000;
/** How long a value that was read serves others who ask for the same. */
const keepMs = 10_000;

/** `close` ends logins and connections. */
export type OpenSecretPorts = { readonly secrets: SecretPorts; readonly close: () => Promise<void> };

/** All that resolving secrets needs, on this machine; nothing of it is loaded before a secret is met. */
export function openSecretPorts(configFile: string | undefined, conceal: Conceal): OpenSecretPorts {
  let stores: Promise<OpenStores> | undefined;
  const open = (): Promise<OpenStores> => {
    stores ??= openStores(conceal);
    return stores;
  };
  return {
    secrets: secretPorts(configFile, conceal, open),
    close: async () => {
      await (await stores?.catch(() => undefined))?.close();
    },
  };
}

type OpenStores = SecretStores & { readonly close: () => Promise<void> };

function secretPorts(configFile: string | undefined, conceal: Conceal, open: () => Promise<OpenStores>): SecretPorts {
  let config: Promise<SecretsConfig> | undefined;
  return {
    config: () => {
      config ??= readConfig(configFile);
      return config;
    },
    stores: lazyPort(open),
    keyFiles: lazyPort(() => openKeyFiles(conceal)),
    dataKeys: lazyPort(async () => {
      const { createAwsDataKeys } = await import('../shared/adapters/aws/data-keys.ts');
      return createAwsDataKeys({ conceal });
    }),
    conceal,
    randomBytes: (length) => randomBytes(length),
  };
}

async function readConfig(file: string | undefined): Promise<SecretsConfig> {
  if (file === undefined) return (await import('../shared/secrets/config/default-config.ts')).defaultSecretsConfig;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PlumbError('usage', `--secrets-config: ${file} cannot be read: ${fileProblem(cause)}`, { cause });
  });
  const [{ parseYaml }, { parseSecretsConfig }] = await Promise.all([
    import('../shared/model/yaml.ts'),
    import('../shared/secrets/config/parse-config.ts'),
  ]);
  return parseSecretsConfig(parseYaml(text, file), file);
}

async function openStores(conceal: Conceal): Promise<OpenStores> {
  const { createSecretStores } = await import('./secret-stores.ts');
  return createSecretStores({ conceal, timeoutMs, keepMs });
}

async function openKeyFiles(conceal: Conceal): Promise<KeyFiles> {
  const [{ createKeyFolder }, { createAwsKeyFiles }] = await Promise.all([
    import('../shared/adapters/local/key-folder.ts'),
    import('../shared/adapters/aws/key-files.ts'),
  ]);
  const folder = createKeyFolder({ conceal });
  const remote = createAwsKeyFiles({ conceal });
  return {
    read: (source) => (source.type === 'secrets-manager' ? remote.read(source) : folder.read(source)),
    add: (source, file) => (source.type === 'secrets-manager' ? remote.add(source, file) : folder.add(source, file)),
  };
}
