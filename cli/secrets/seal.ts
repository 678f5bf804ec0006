import { randomBytes } from 'node:crypto';
import { PlumbError } from '../../shared/errors.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import type { Lock } from '../../shared/secrets/sealed/seal.ts';
import type { SealingScope } from '../../shared/secrets/sealed/sealed-secret.ts';
import { formatData } from '../output/write-data.ts';
import { exitCodes, type Run, type Session } from '../session.ts';

type Flags = {
  readonly cert?: string;
  readonly scope?: SealingScope;
  readonly name?: string;
  readonly namespace?: string;
  readonly raw?: boolean;
};

/** `plumb secrets seal`: Secrets become SealedSecrets that may lie in Git. */
export const run: Run<Flags> = async (session, { names, flags }) => {
  const { readInput } = await import('./files.ts');
  const input = await readInput(names[0] ?? '-', session.shell);
  const lock: Lock = { key: await keyToSeal(session, flags.cert), randomBytes };
  const text = flags.raw === true ? await sealRaw(input, flags, lock) : await sealAll(input, { flags, lock, session });
  session.progress.close();
  session.shell.writeOut(text);
  return exitCodes.ok;
};

async function keyToSeal(session: Session, file: string | undefined): Promise<Lock['key']> {
  const [{ readSealingCertificate }, { newestKey }, { readInput }, { readSealingKeys }] = await Promise.all([
    import('../../shared/secrets/sealed/seal.ts'),
    import('../../shared/secrets/sealed/sealing-keys.ts'),
    import('./files.ts'),
    import('./keys.ts'),
  ]);
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
