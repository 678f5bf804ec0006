import { SecretError } from '../../shared/errors.ts';
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
  const sources = [sops, ...grants.flatMap((grant) => grant.sops ?? [])].flatMap(({ ageKeys }) => ageKeys);
  const [{ loadSealingKeys }, { readIdentities }, ageFiles] = await Promise.all([
    import('../../shared/workflows/secrets/load-sealing-keys.ts'),
    import('../../shared/secrets/sops/data-key.ts'),
    Promise.all(sources.map((source: KeySource) => secrets.keyFiles.read(source))),
  ]);
  const ageKeys = ageFiles.flat().reduce((sum, { content }) => sum + readIdentities(content).length, 0);
  if (sources.length > 0 && ageKeys === 0)
    throw new SecretError('secret-invalid', 'no file under sops.age or allow[].sops.age holds an age identity', {
      hint: 'it is a line that begins with AGE-SECRET-KEY-, as age-keygen writes it',
    });
  const keys = sealingKeys.length === 0 ? [] : await loadSealingKeys(secrets);
  return [count(grants.length, 'grant'), count(keys.length, 'sealing key'), count(ageKeys, 'age key')].join(', ');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
