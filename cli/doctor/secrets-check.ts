import type { KeySource } from '../../shared/model/secrets-config.ts';
import type { Ports } from '../../shared/ports.ts';
import type { Session } from '../session.ts';
import type { Check } from './check-result.ts';

/** Where an operator's configuration of secrets is named: whether it and every key source in it can be read. */
export function secretsChecks({ options }: Session, ports: Ports): readonly Check[] {
  const { secretsConfig } = options;
  if (secretsConfig === undefined) return [];
  return [{ what: `secrets ${secretsConfig}`, run: () => checkSecrets(ports) }];
}

async function checkSecrets({ secrets }: Ports): Promise<string> {
  const { grants, sealingKeys, sops } = await secrets.config();
  const [{ loadSealingKeys }, ageFiles] = await Promise.all([
    import('../../shared/workflows/secrets/load-sealing-keys.ts'),
    Promise.all(sops.ageKeys.map((source: KeySource) => secrets.keyFiles.read(source))),
  ]);
  const keys = sealingKeys.length === 0 ? [] : await loadSealingKeys(secrets);
  return [
    count(grants.length, 'grant'),
    count(keys.length, 'sealing key'),
    count(ageFiles.flat().length, 'age key file'),
  ].join(', ');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
