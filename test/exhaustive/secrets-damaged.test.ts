import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concealForNow } from '../../shared/adapters/local/conceal.ts';
import { InvalidManifest, SecretError } from '../../shared/errors.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { revealSecret, SecretValue } from '../../shared/model/secret-value.ts';
import { parseManifests } from '../../shared/model/yaml.ts';
import { parseSealedSecret } from '../../shared/secrets/sealed/parse-sealed-secret.ts';
import { sealSecret } from '../../shared/secrets/sealed/seal.ts';
import { newestKey, parseSealingKeys } from '../../shared/secrets/sealed/sealing-keys.ts';
import { Unsealer } from '../../shared/secrets/sealed/unseal.ts';
import { decryptSopsManifest } from '../../shared/secrets/sops/decrypt-manifest.ts';
import { createAgeKey } from '../support/secret-tools/age-keys.ts';
import { createKeys, keyFile } from '../support/secret-tools/sealing-keys.ts';
import { encryptForAge, encryptManifest } from '../support/secret-tools/sops-file.ts';

const marker = 'Xq7-marker-Zk2';
const conceal = concealForNow();
const secret: Manifest = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'shop' },
  type: 'Opaque',
  stringData: { one: marker, two: `${marker}${marker}`, three: 'x' },
};

/** Somewhere in a text, some characters give way to others. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 0, max: 4 }),
  text: fc.string({ maxLength: 4 }),
});
type Damage = { readonly at: number; readonly length: number; readonly text: string };
const damaged = (text: string, { at, length, text: other }: Damage): string => {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + other + text.slice(start + length);
};

/** What opens has the values that were closed, or fewer, or none; what fails says nothing of them. */
async function expectNoLeak(open: () => Promise<Manifest>): Promise<void> {
  try {
    const opened = await open();
    expect(inspect(opened, { depth: Infinity })).not.toContain('marker');
    for (const value of Object.values((opened['data'] ?? {}) as object)) {
      if (!(value instanceof SecretValue)) continue;
      expect([marker, `${marker}${marker}`, 'x', '']).toContain(Buffer.from(revealSecret(value)).toString());
    }
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    expect(inspect(error, { depth: Infinity })).not.toContain('marker');
    expect(error.cause).toBeUndefined();
  }
}

function reparse(text: string): Manifest | undefined {
  try {
    return parseManifests(text, 'file')[0];
  } catch (error) {
    if (error instanceof InvalidManifest) return undefined;
    throw error;
  }
}

describe('ciphertext that was damaged anywhere', () => {
  let sops: string;
  let sealed: string;
  let identity: string;
  let keys: ReturnType<typeof parseSealingKeys>;

  beforeAll(async () => {
    const age = await createAgeKey();
    identity = age.identity;
    const dataKey = randomBytes(32);
    const block = { age: [{ recipient: age.recipient, enc: await encryptForAge(dataKey, age.recipient) }] };
    sops = JSON.stringify(encryptManifest(secret, { dataKey, block }));
    keys = parseSealingKeys([keyFile('key.pem', String((await createKeys(1))[0]))]);
    sealed = JSON.stringify(sealSecret(secret, { key: newestKey(keys).publicKey, randomBytes }));
  });

  it('by SOPS is never opened to other values, and no error has a value in it', async () => {
    const run = async (hurt: Damage): Promise<void> => {
      const manifest = reparse(damaged(sops, hurt));
      if (manifest === undefined) return;
      await expectNoLeak(() =>
        decryptSopsManifest(manifest, {
          ageIdentities: [conceal(Buffer.from(identity))],
          dataKeys: { decrypt: async () => Promise.reject(new Error(marker)) },
          kms: { keys: ['*'], roles: ['*'] },
          conceal,
          allowMetadata: false,
          allowKind: () => false,
        }),
      );
    };
    await fc.assert(fc.asyncProperty(damage, run), { numRuns: 1500 });
  });

  it('by Sealed Secrets is never opened to other values, and no error has a value in it', async () => {
    const unsealer = new Unsealer();
    const run = async (hurt: Damage): Promise<void> => {
      const manifest = reparse(damaged(sealed, hurt));
      if (manifest === undefined) return;
      await expectNoLeak(async () => {
        const context = {
          conceal,
          renderTemplate: (): Uint8Array => {
            throw new Error(marker);
          },
          now: new Date(0),
          randomBytes,
          allowMetadata: false,
        };
        return (await unsealer.unseal(parseSealedSecret(manifest), keys, context)).manifest;
      });
    };
    await fc.assert(fc.asyncProperty(damage, run), { numRuns: 500 });
  });
});
