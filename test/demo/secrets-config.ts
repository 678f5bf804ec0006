import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Keys that open what examples/kotaemon has in Git; they are in this repository for everybody to see, and protect nothing. */
const keys = join(import.meta.dirname, 'keys');

export type OperatorSettings = {
  /** A folder that only the operator can read. */
  readonly folder: string;
  readonly vaultServer: string;
};

/** Writes what the operator of Plumbline keeps: the keys, and who may read which secrets. Gives the path of the configuration. */
export async function writeSecretsConfig({ folder, vaultServer }: OperatorSettings): Promise<string> {
  await mkdir(folder, { mode: 0o700 });
  for (const name of ['sealing-key.pem', 'age.txt']) {
    await writeFile(join(folder, name), await readFile(join(keys, name)), { mode: 0o600 });
  }
  const config = join(folder, 'secrets.yaml');
  await writeFile(config, textOf({ folder, vaultServer }));
  return config;
}

function textOf({ folder, vaultServer }: OperatorSettings): string {
  return `allow:
  - projects: [kotaemon]
    namespaces: [kotaemon-*]
    aws:
      roles: ["arn:aws:iam::111122223333:role/kotaemon-*"]
      regions: [eu-central-1]
      secrets: [kotaemon/*]
    vault:
      - server: ${vaultServer}
        paths: [kotaemon-*]
sealedSecrets:
  keys:
    - file: ${join(folder, 'sealing-key.pem')}
sops:
  age:
    - file: ${join(folder, 'age.txt')}
`;
}
