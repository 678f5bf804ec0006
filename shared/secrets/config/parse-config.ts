import * as z from 'zod';
import { PlumbError } from '../../errors.ts';
import { fieldPath } from '../../model/field-words.ts';
import type { Json } from '../../model/json.ts';
import type { KeySource, SecretsConfig, SecretsGrant, SopsKeys } from '../../model/secrets-config.ts';
import { unknownFields } from '../../model/unknown-fields.ts';

const texts = z.array(z.string());
const everything = texts.default(['*']);
const nothing = texts.default([]);

const keySource = z
  .strictObject({
    file: z.string().exactOptional(),
    folder: z.string().exactOptional(),
    secretsManager: z.strictObject({ name: z.string(), region: z.string() }).exactOptional(),
  })
  .refine((value) => Object.keys(value).length === 1, { error: 'needs exactly one of file, folder and secretsManager' })
  .transform(toKeySource);

const sopsKeys = z
  .strictObject({
    age: z.array(keySource).default([]),
    kms: z.strictObject({ keys: nothing, roles: nothing }).prefault({}),
  })
  .transform(({ age, kms }): SopsKeys => ({ ageKeys: age, kms }));

const grant = z
  .strictObject({
    projects: everything,
    namespaces: everything,
    aws: z
      .strictObject({
        roles: nothing,
        ownIdentity: z.boolean().default(false),
        regions: everything,
        secrets: nothing,
        parameters: nothing,
      })
      .exactOptional(),
    vault: z.array(z.strictObject({ server: z.url(), paths: texts, ownCa: z.boolean().default(false) })).default([]),
    kubernetes: z.array(z.strictObject({ server: z.string().default(''), namespaces: texts })).default([]),
    generators: nothing,
    githubServers: nothing,
    fake: z.boolean().default(false),
    targets: nothing,
    metadata: z.boolean().default(false),
    sops: sopsKeys.exactOptional(),
  })
  .transform((value): SecretsGrant => value);

const schema = z.strictObject({
  mode: z.enum(['auto', 'resolve', 'apply']).default('auto'),
  controllerClass: z.string().default('plumbline'),
  allow: z.array(grant).default([]),
  sealedSecrets: z.strictObject({ keys: z.array(keySource).default([]) }).prefault({}),
  sops: sopsKeys.prefault({}),
});

/** The operator's configuration; a PlumbError names every field that is not as it should be. An unknown field is one: it may be a slip. */
export function parseSecretsConfig(value: Json, origin: string): SecretsConfig {
  const parsed = schema.safeParse(value ?? {});
  if (!parsed.success) throw unusable(parsed.error, value, origin);
  const { mode, controllerClass, allow, sealedSecrets, sops } = parsed.data;
  return {
    mode,
    controllerClass,
    grants: allow,
    sealingKeys: sealedSecrets.keys,
    sops,
  };
}

type WrittenSource = {
  readonly file?: string;
  readonly folder?: string;
  readonly secretsManager?: { readonly name: string; readonly region: string };
};

function toKeySource({ file, folder, secretsManager }: WrittenSource): KeySource {
  if (file !== undefined) return { type: 'file', path: file };
  if (folder !== undefined) return { type: 'folder', path: folder };
  return { type: 'secrets-manager', ...(secretsManager ?? { name: '', region: '' }) };
}

function unusable({ issues }: z.ZodError, value: Json, origin: string): PlumbError {
  const others = issues.filter(({ code }) => code !== 'unrecognized_keys');
  const lines = [
    ...others.map(({ path, message }) => `\n  ${fieldPath(path) || 'the file'}: ${message}`),
    ...unknownFields(schema, value).map(
      ({ path, meant }) => `\n  ${path} is no field of it${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    ),
  ];
  return new PlumbError('usage', `${origin}: the configuration of secrets cannot be used:${lines.join('')}`, {
    object: origin,
    hint: 'docs/secrets.md has every field',
  });
}
