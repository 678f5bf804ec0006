import type { SecretPorts } from '../../secret-ports.ts';
import type { SealingKey } from '../../secrets/sealed/sealing-key.ts';
import { parseSealingKeys } from '../../secrets/sealed/sealing-keys.ts';

/** Reads every sealing key that the operator names; newest first. */
export async function loadSealingKeys({ config, keyFiles }: SecretPorts): Promise<readonly SealingKey[]> {
  const { sealingKeys } = await config();
  const files = await Promise.all(sealingKeys.map((source) => keyFiles.read(source)));
  return parseSealingKeys(files.flat());
}
