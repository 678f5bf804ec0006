import { randomBytes } from 'node:crypto';
import { concealForNow } from '../../../shared/adapters/local/conceal.ts';
import type { KeyFile } from '../../../shared/secret-ports.ts';
import { createSealingKey } from '../../../shared/secrets/sealed/new-sealing-key.ts';

/** A key file with that text. */
export function keyFile(name: string, text: string): KeyFile {
  return { name, content: concealForNow()(Buffer.from(text)) };
}

/** PEM of as many new sealing keys, each a month younger than the one before; small ones unless told otherwise. */
export async function createKeys(count: number, bits = 2048): Promise<readonly string[]> {
  const months = Array.from({ length: count }, (_, month) => new Date(Date.UTC(2024, month, 1)));
  return await Promise.all(months.map((at) => createSealingKey(at, randomBytes, bits)));
}
