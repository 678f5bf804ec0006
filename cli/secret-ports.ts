import { readFile } from 'node:fs/promises';
import { type OpenSecretPorts, openSecretPorts } from '../shared/composition/secret-ports.ts';
import { PlumbError } from '../shared/errors.ts';
import type { Conceal } from '../shared/model/secret-value.ts';
import type { SecretsConfig } from '../shared/model/secrets-config.ts';
import type { KeyFiles } from '../shared/secret-ports.ts';
import { fileProblem } from './file-problem.ts';

/** All that resolving secrets needs, on this machine. */
export function openLocalSecretPorts(configFile: string | undefined, conceal: Conceal): OpenSecretPorts {
  return openSecretPorts({
    conceal,
    readConfig: () => readConfig(configFile),
    openKeyFiles: () => openKeyFiles(conceal),
  });
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
