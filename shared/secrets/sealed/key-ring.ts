import { createHash } from 'node:crypto';
import { type Ciphertext, openWith } from './open-value.ts';
import type { SealingKey } from './sealing-key.ts';

/** Tries sealing keys in the best order, and remembers which key opened which ciphertext. Holds nothing that was opened. */
export class KeyRing {
  readonly #openers = new Map<string, string>();
  #latest = '';

  /** The opened value; undefined: no key opens it. */
  async open(ciphertext: Ciphertext, label: Uint8Array, keys: readonly SealingKey[]): Promise<Uint8Array | undefined> {
    const hash = hashOf(ciphertext, label);
    for (const key of this.#inOrder(hash, keys)) {
      const bytes = await openWith(key, ciphertext, label);
      if (bytes === undefined) continue;
      this.#remember(hash, key.id);
      return bytes;
    }
    return undefined;
  }

  #inOrder(hash: string, keys: readonly SealingKey[]): readonly SealingKey[] {
    const likely = [this.#openers.get(hash), this.#latest];
    const first = likely.flatMap((id) => keys.find((key) => key.id === id) ?? []);
    return [...new Set([...first, ...keys])];
  }

  #remember(hash: string, id: string): void {
    if (this.#openers.size >= maxRemembered) this.#openers.clear();
    this.#openers.set(hash, id);
    this.#latest = id;
  }
}

const maxRemembered = 100_000;

function hashOf({ sessionKey, body }: Ciphertext, label: Uint8Array): string {
  return createHash('sha256').update(sessionKey).update(body).update(label).digest('base64');
}
