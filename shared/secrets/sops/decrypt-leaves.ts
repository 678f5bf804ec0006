import { createHash } from 'node:crypto';
import { SecretError } from '../../errors.ts';
import type { SopsMetadata } from './sops-metadata.ts';
import { countedBytes, countedPlain, decryptText, isEncryptedText, openText, type PlainValue } from './sops-value.ts';

/** A value of a document that is neither mapping nor list; list places are no part of its path. */
export type Leaf = { readonly path: readonly string[]; readonly value: null | boolean | number | string };

/** What was in its place; undefined: it was not encrypted. */
export type OpenedLeaf<Kind extends Leaf> = Kind & { readonly plain: PlainValue | undefined };

export type Document = { readonly object: string; readonly metadata: SopsMetadata; readonly dataKey: Uint8Array };

const maxLeaves = 10_000;

/** Decrypts the values of a document, in the order given. Errors name the document and the path. */
export function decryptLeaves<Kind extends Leaf>(
  leaves: readonly Kind[],
  { object, metadata, dataKey }: Document,
): readonly OpenedLeaf<Kind>[] {
  if (leaves.length > maxLeaves)
    throw invalid(object, `it has more than ${maxLeaves} values`, 'divide it into several files');
  return leaves.map((leaf) => {
    const { path, value } = leaf;
    if (value === null || !isEncrypted(leaf, metadata)) return { ...leaf, plain: undefined };
    const plain = typeof value === 'string' ? decryptText(value, { dataKey, path }) : undefined;
    if (plain !== undefined) return { ...leaf, plain };
    throw invalid(object, `${path.join('.')} cannot be decrypted: ${reasonFor(value)}`, 'encrypt it anew with sops');
  });
}

/** True when the document's MAC is that of these values, in one of the orders given. */
export function isMacRight(orders: Iterable<readonly OpenedLeaf<Leaf>[]>, document: Document): boolean {
  const { metadata, dataKey } = document;
  const wanted = openText(metadata.mac, dataKey, metadata.lastModified);
  if (wanted === undefined) return false;
  const mac = Buffer.from(wanted.bytes).toString('latin1');
  for (const leaves of orders) if (macOf(leaves, metadata) === mac) return true;
  return false;
}

/** True when a value is counted into the MAC. */
export function isCounted({ plain, value }: OpenedLeaf<Leaf>, { macOnlyEncrypted }: SopsMetadata): boolean {
  return value !== null && (plain === undefined ? !macOnlyEncrypted : plain.type !== 'comment');
}

/** SHA-256 of `sops`: so that the two ways of counting never give the same. */
const onlyEncrypted = Buffer.from('8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69', 'hex');

function macOf(leaves: readonly OpenedLeaf<Leaf>[], metadata: SopsMetadata): string {
  const hash = createHash('sha512');
  if (metadata.macOnlyEncrypted) hash.update(onlyEncrypted);
  for (const leaf of leaves) {
    if (!isCounted(leaf, metadata) || leaf.value === null) continue;
    hash.update((leaf.plain === undefined ? countedPlain(leaf.value) : countedBytes(leaf.plain)) ?? new Uint8Array());
  }
  return hash.digest('hex').toUpperCase();
}

function isEncrypted({ path, value }: Leaf, { isEncrypted: rule }: SopsMetadata): boolean {
  return rule === undefined ? typeof value === 'string' && isEncryptedText(value) : rule(path);
}

function reasonFor(value: Leaf['value']): string {
  if (typeof value !== 'string' || !isEncryptedText(value))
    return 'by the rules of its sops block it should be encrypted';
  return 'it was changed, or moved here from another place';
}

function invalid(object: string, problem: string, hint: string): SecretError {
  return new SecretError('secret-invalid', `${object}: ${problem}`, { object, hint });
}
