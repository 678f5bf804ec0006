import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../../shared/model/json.ts';
import { parseYaml } from '../../../../shared/model/yaml.ts';
import { defaultSecretsConfig } from '../../../../shared/secrets/config/default-config.ts';
import { parseSecretsConfig } from '../../../../shared/secrets/config/parse-config.ts';

const example = join(import.meta.dirname, '../../../../examples/secrets/plumbline-secrets.yaml');

describe("The operator's configuration of secrets", () => {
  it.each<[what: string, value: Json]>([
    ['an empty file', null],
    ['an empty object', {}],
  ])('allows nothing when it is %s', (_what, value) => {
    expect(parseSecretsConfig(value, 'x')).toEqual(defaultSecretsConfig);
  });

  it('is read from the example', () => {
    const config = parseSecretsConfig(parseYaml(readFileSync(example, 'utf8'), example), example);
    expect(config.grants[0]?.projects).toEqual(['kotaemon']);
    expect(config.sealingKeys).toEqual([
      { type: 'folder', path: '/etc/plumbline/sealing-keys' },
      { type: 'secrets-manager', name: 'plumbline/sealing-keys', region: 'eu-central-1' },
    ]);
  });

  it.each<[what: string, value: Json, field: RegExp]>([
    ['a field that it does not know', { alow: [] }, /alow is no field of it; did you mean allow\?/],
    ['a mode that there is not', { mode: 'sometimes' }, /mode/],
    [
      'a grant with a slip',
      { allow: [{ project: ['x'] }] },
      /allow\[0\]\.project is no field of it; did you mean projects\?/,
    ],
    [
      'a Vault server that is no URL',
      { allow: [{ vault: [{ server: 'vault', paths: [] }] }] },
      /allow\[0\]\.vault\[0\]\.server/,
    ],
    ['a key source that is two', { sealedSecrets: { keys: [{ file: 'a', folder: 'b' }] } }, /exactly one/],
    ['a key source that is none', { sops: { age: [{}] } }, /exactly one/],
    ['a list', [], /the file: .*object/],
  ])('is refused with %s, by its name', (_what, value, field) => {
    expect(() => parseSecretsConfig(value, 'secrets.yaml')).toThrow(field);
    expect(() => parseSecretsConfig(value, 'secrets.yaml')).toThrow(/secrets\.yaml/);
  });
});
