import { resolve } from 'node:path';
import { PlumbError, SecretError } from '../../shared/errors.ts';
import type { KeySource } from '../../shared/model/secrets-config.ts';
import type { SecretPorts } from '../../shared/secret-ports.ts';
import type { SealingKey } from '../../shared/secrets/sealed/sealing-key.ts';
import type { Session } from '../session.ts';

/** The sealing keys of all sources of the configuration, newest first. */
export async function readSealingKeys(session: Session): Promise<readonly SealingKey[]> {
  const { secrets } = session.ports();
  if ((await secrets.config()).sealingKeys.length === 0) throw noSource();
  const { loadSealingKeys } = await import('../../shared/workflows/secrets/load-sealing-keys.ts');
  return loadSealingKeys(secrets);
}

/** Where new keys go: the folder that the option names, else the first source of the configuration. */
export async function targetOfKeys(session: Session, folder: string | undefined): Promise<KeySource> {
  if (folder !== undefined) return { type: 'folder', path: resolve(session.shell.folder, folder) };
  const [source] = (await session.ports().secrets.config()).sealingKeys;
  if (source === undefined) throw noSource();
  return source;
}

/** The keys that a source has already; none where it does not exist yet. */
export async function keysIn(source: KeySource, { keyFiles }: SecretPorts): Promise<readonly SealingKey[]> {
  const { parseSealingKeys } = await import('../../shared/secrets/sealed/sealing-keys.ts');
  try {
    return parseSealingKeys(await keyFiles.read(source));
  } catch (error) {
    if (error instanceof SecretError && error.code === 'secret-absent') return [];
    throw error;
  }
}

/** For people: where a source is. */
export function nameOfSource(source: KeySource): string {
  return source.type === 'secrets-manager' ? `Secrets Manager ${source.name} (${source.region})` : source.path;
}

function noSource(): PlumbError {
  return new PlumbError('usage', 'no source of sealing keys is configured', {
    hint: 'name one under sealedSecrets.keys in the file of --secrets-config',
  });
}
