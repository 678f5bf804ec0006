import { randomBytes } from 'node:crypto';
import { Command, Option } from 'commander';
import { PlumbError } from '../../shared/errors.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import type { Lock } from '../../shared/secrets/sealed/seal.ts';
import { type SealingScope, sealingScopes } from '../../shared/secrets/sealed/sealed-secret.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { examples } from './examples.ts';
import { readInput } from './secrets-files.ts';
import { readSealingKeys } from './secrets-keys.ts';

type Flags = {
  readonly cert?: string;
  readonly scope?: SealingScope;
  readonly name?: string;
  readonly namespace?: string;
  readonly raw?: boolean;
};

/** `plumb secrets seal`: Secrets become SealedSecrets that may lie in Git. */
export function sealCommand(act: Act): Command {
  return new Command('seal')
    .argument('[FILE]', 'Secrets as YAML or JSON; default: stdin')
    .summary('turn Secrets into SealedSecrets that may lie in Git')
    .description(
      'Seals every Secret of a file, as kubeseal does, and prints the SealedSecrets. Without --scope the annotations of a\n' +
        'Secret say where it may be opened. With --cert neither a cluster nor the keys are asked.',
    )
    .option('--cert <FILE>', 'certificate to seal with; default: that of the newest sealing key')
    .addOption(new Option('--scope <SCOPE>', 'where it may be opened').choices(sealingScopes))
    .option('--name <NAME>', 'name of the Secret, in place of the one in the file')
    .option('--namespace <NAMESPACE>', 'namespace of the Secret, in place of the one in the file')
    .option('--raw', 'the input is one value, not a Secret; prints what belongs under encryptedData')
    .addHelpText(
      'after',
      examples([
        'kubectl create secret generic db --from-file=password -n shop --dry-run=client -o yaml | plumb secrets seal > db.yaml',
        'plumb secrets seal secret.yaml --cert cert.pem --scope namespace-wide',
        'plumb secrets seal --raw --name db --namespace shop < password',
      ]),
    )
    .action(act(seal));
}

const seal: Run<Flags> = async (session, { names, flags }) => {
  const input = await readInput(names[0] ?? '-', session.shell);
  const lock: Lock = { key: await keyToSeal(session, flags.cert), randomBytes };
  const text = flags.raw === true ? await sealRaw(input, flags, lock) : await sealAll(input, { flags, lock, session });
  session.progress.close();
  session.shell.writeOut(text);
  return exitCodes.ok;
};

async function keyToSeal(session: Session, file: string | undefined): Promise<Lock['key']> {
  const { readSealingCertificate } = await import('../../shared/secrets/sealed/seal.ts');
  const { newestKey } = await import('../../shared/secrets/sealed/sealing-keys.ts');
  const pem =
    file === undefined
      ? newestKey(await readSealingKeys(session)).certificate
      : (await readInput(file, session.shell)).toString('utf8');
  return readSealingCertificate(pem, new Date());
}

async function sealRaw(
  value: Uint8Array,
  { name = '', namespace = '', scope = 'strict' }: Flags,
  lock: Lock,
): Promise<string> {
  if (scope !== 'cluster-wide' && namespace === '') throw missing('--namespace');
  if (scope === 'strict' && name === '') throw missing('--name');
  const { sealValue } = await import('../../shared/secrets/sealed/seal.ts');
  return `${sealValue(lock, { scope, namespace, name }, value)}\n`;
}

type Sealing = { readonly flags: Flags; readonly lock: Lock; readonly session: Session };

async function sealAll(input: Buffer, { flags, lock, session }: Sealing): Promise<string> {
  const { sealSecret } = await import('../../shared/secrets/sealed/seal.ts');
  const { scope } = flags;
  const secrets = (await readSecrets(input)).map((secret) => renamed(secret, flags));
  const sealed = secrets.map((secret) => sealSecret(secret, { ...lock, ...(scope === undefined ? {} : { scope }) }));
  const { output } = session.options;
  const [only] = sealed;
  if (output === 'json')
    return formatData(sealed.length === 1 ? only : { apiVersion: 'v1', kind: 'List', items: sealed }, 'json');
  const documents = await Promise.all(sealed.map((manifest) => formatData(manifest, 'yaml')));
  return documents.map((document) => `---\n${document}`).join('');
}

/** What the parser says would quote the input. */
async function readSecrets(input: Buffer): Promise<readonly Manifest[]> {
  const { parseManifests } = await import('../../shared/model/yaml.ts');
  const hint = 'give Secrets as YAML or JSON, or --raw for one value';
  try {
    const secrets = parseManifests(input.toString('utf8'), 'input');
    if (secrets.length > 0) return secrets;
  } catch {
    throw new PlumbError('usage', 'the input is no Kubernetes manifest', { hint });
  }
  throw new PlumbError('usage', 'the input holds no Secret', { hint });
}

function renamed(secret: Manifest, { name, namespace }: Flags): Manifest {
  const given = { ...(name === undefined ? {} : { name }), ...(namespace === undefined ? {} : { namespace }) };
  return { ...secret, metadata: { ...secret.metadata, ...given } };
}

function missing(option: string): PlumbError {
  return new PlumbError('usage', `--raw wants ${option} for this scope`, {
    hint: 'say whom the value is for, or choose another --scope',
  });
}
