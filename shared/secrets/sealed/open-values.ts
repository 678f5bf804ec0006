import { SecretError } from '../../errors.ts';
import { decodeBase64 } from '../strict-base64.ts';
import type { KeyRing } from './key-ring.ts';
import { splitCiphertext } from './open-value.ts';
import { labelOf, nameOfSealed, type SealingPlace } from './sealed-secret.ts';
import type { SealingKey } from './sealing-key.ts';

/** RSA runs in a pool of four threads. */
const atOnce = 4;

/** What a key of a SealedSecret gave. */
export type Opened = { readonly bytes: Uint8Array } | { readonly problem: string };

export type OpenRequest = {
  readonly place: SealingPlace;
  readonly encrypted: ReadonlyMap<string, string>;
  readonly keys: readonly SealingKey[];
};

/** Opens every value; each that cannot be opened has its own reason. */
export async function openValues(ring: KeyRing, request: OpenRequest): Promise<ReadonlyMap<string, Opened>> {
  const waiting = [...request.encrypted.keys()];
  const opened = new Map<string, Opened>();
  const work = async (): Promise<void> => {
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift())
      opened.set(key, await openValue(ring, request, request.encrypted.get(key) ?? ''));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, work));
  return new Map([...request.encrypted.keys()].map((key) => [key, opened.get(key) ?? { problem: 'it was not tried' }]));
}

/** The error that names every key that failed, or undefined. */
export function failureOf(place: SealingPlace, problems: ReadonlyMap<string, string>): SecretError | undefined {
  if (problems.size === 0) return undefined;
  const object = nameOfSealed(place);
  const lines = [...problems].map(([key, problem]) => `${key}: ${problem}`);
  const list = lines.length === 1 ? ` ${lines[0]}` : lines.map((line) => `\n  ${line}`).join('');
  return new SecretError('secret-invalid', `${object}:${list}`, { object, hint: hintFor(place) });
}

function hintFor({ scope, namespace, name }: SealingPlace): string {
  const bound = {
    strict: `it is strict: it opens only in namespace ${namespace} under the name ${name}`,
    'namespace-wide': `it is namespace-wide: it opens only in namespace ${namespace}`,
    'cluster-wide': 'it is cluster-wide: values that were sealed for one namespace or name do not open',
  };
  return `${bound[scope]}; seal what fails anew (plumb secrets seal), or bring the key that it was sealed with (plumb secrets import-keys)`;
}

async function openValue(ring: KeyRing, { place, keys }: OpenRequest, text: string): Promise<Opened> {
  const bytes = decodeBase64(text);
  if (bytes === undefined) return { problem: 'it is not base64' };
  const ciphertext = splitCiphertext(bytes);
  if (ciphertext === undefined) return { problem: 'it is too short for a sealed value' };
  const usable = keys.filter(({ isRetired }) => !isRetired);
  const plain = await ring.open(ciphertext, labelOf(place), usable);
  return plain === undefined ? { problem: noKeyOpens(usable.length, keys.length - usable.length) } : { bytes: plain };
}

function noKeyOpens(tried: number, retired: number): string {
  const left = retired === 0 ? '' : `; ${retired} retired ${retired === 1 ? 'key was' : 'keys were'} left out`;
  if (tried === 0)
    return `no sealing key is there to open it with (sealedSecrets.keys of the configuration of secrets)${left}`;
  return `${tried === 1 ? 'the one sealing key does not open it' : `none of ${tried} sealing keys opens it`}${left}`;
}
