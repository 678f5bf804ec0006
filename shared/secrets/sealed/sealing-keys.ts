import type { X509Certificate } from 'node:crypto';
import { SecretError } from '../../errors.ts';
import { revealSecret } from '../../model/secret-value.ts';
import type { KeyFile } from '../../secret-ports.ts';
import { type KeyText, readKeyFile } from './read-key-file.ts';
import { readCertificate, readPrivateKey, type SealingKey, toSealingKey } from './sealing-key.ts';

const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/**
 * The sealing keys of key files, newest first: PEM, a `kubernetes.io/tls` Secret, or a List of them. Key and certificate may be in
 * different files. Errors name the file alone.
 */
export function parseSealingKeys(files: readonly KeyFile[]): readonly SealingKey[] {
  const blocks = files.flatMap(({ name, content }) => {
    const texts = readKeyFile(name, Buffer.from(revealSecret(content)).toString('utf8'));
    return texts.flatMap(readBlocks);
  });
  const certificates = new Map<string, X509Certificate>();
  for (const { certificate } of blocks)
    if (certificate !== undefined) certificates.set(certificate.id, certificate.certificate);
  const keys = new Map<string, SealingKey>();
  for (const { half, file, isRetired } of blocks) {
    if (half === undefined) continue;
    const known = keys.get(half.id);
    if (known?.isRetired === true) continue;
    if (known === undefined || isRetired)
      keys.set(half.id, toSealingKey(half, certificates.get(half.id), { file, isRetired }));
  }
  for (const { certificate, file } of blocks)
    if (certificate !== undefined && !keys.has(certificate.id))
      throw unusable(file, 'it has a certificate whose private key is in none of the files');
  return [...keys.values()].sort(newestFirst);
}

/** The key that is sealed with: the newest that has a certificate and is not retired. */
export function newestKey(keys: readonly SealingKey[]): SealingKey & { readonly certificate: string } {
  const usable = keys.flatMap((key) =>
    key.isRetired || key.certificate === undefined ? [] : [{ ...key, certificate: key.certificate }],
  );
  const [newest] = usable.toSorted(newestFirst);
  if (newest !== undefined) return newest;
  throw new SecretError('secret-absent', 'There is no sealing key with a certificate', {
    object: 'sealing keys',
    hint: 'make one with plumb secrets new-key, or bring those of a controller with plumb secrets import-keys',
  });
}

function newestFirst(left: SealingKey, right: SealingKey): number {
  return right.notBefore.localeCompare(left.notBefore) || left.id.localeCompare(right.id);
}

type Block = Pick<KeyText, 'file' | 'isRetired'> & {
  readonly half?: ReturnType<typeof readPrivateKey>;
  readonly certificate?: ReturnType<typeof readCertificate>;
};

function readBlocks({ file, text, isRetired }: KeyText): readonly Block[] {
  const blocks = [...text.matchAll(pemBlock)];
  if (blocks.length === 0) throw unusable(file, 'it has neither a PEM key nor a PEM certificate');
  return blocks.map(([pem, kind = '']): Block => {
    if (kind === 'CERTIFICATE') {
      const certificate = readCertificate(pem);
      if (certificate === undefined) throw unusable(file, 'a certificate in it is not one of an RSA key');
      return { file, isRetired, certificate };
    }
    const half = kind.endsWith('PRIVATE KEY') ? readPrivateKey(pem) : undefined;
    if (half === undefined) throw unusable(file, 'a key in it is not an RSA key without passphrase');
    return { file, isRetired, half };
  });
}

function unusable(file: string, problem: string): SecretError {
  return new SecretError('secret-invalid', `Sealing key file ${file}: ${problem}`, {
    object: file,
    hint: 'it should hold PEM, a Secret of type kubernetes.io/tls, or a List of such Secrets',
  });
}
