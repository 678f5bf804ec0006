import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';

export type AgeKey = { readonly identity: string; readonly recipient: string };

/** A new age key; `hybrid` is the one against quantum computers. */
export async function createAgeKey(kind: 'x25519' | 'hybrid' = 'x25519'): Promise<AgeKey> {
  const identity = kind === 'hybrid' ? await generateHybridIdentity() : await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}
