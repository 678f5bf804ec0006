import { RE2JS } from 're2js';
import { SecretError } from '../../errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

export type AgeEntry = { readonly recipient: string; readonly encrypted: string };
export type KmsEntry = {
  readonly arn: string;
  readonly role?: string;
  readonly context: { readonly [key: string]: string };
  readonly encrypted: string;
};

/** Keys of which any one opens the group's part of the data key. */
export type KeyGroup = {
  readonly age: readonly AgeEntry[];
  readonly kms: readonly KmsEntry[];
  /** Names of kinds of keys that are there and cannot be used here. */
  readonly unsupported: readonly string[];
};

export type SopsMetadata = {
  readonly groups: readonly KeyGroup[];
  /** How many groups are needed; counts where there are several. */
  readonly threshold: number;
  readonly lastModified: string;
  readonly mac: string;
  readonly macOnlyEncrypted: boolean;
  /** True when the value at a path was encrypted; undefined: comments decide, which are not here. */
  readonly isEncrypted: ((path: readonly string[]) => boolean) | undefined;
};

/** Reads the `sops` block of an encrypted document; `object` names the document in errors. */
export function readMetadata(block: Json | undefined, object: string): SopsMetadata {
  const fail = (problem: string): SecretError =>
    new SecretError('secret-invalid', `${object}: its sops block ${problem}`, {
      object,
      hint: 'encrypt it anew with sops',
    });
  if (!isJsonObject(block)) throw fail('is not a mapping');
  const mac = textOf(block, 'mac');
  const lastModified = textOf(block, 'lastmodified');
  if (mac === '' || lastModified === '') throw fail('has no mac or no lastmodified');
  const written = listOf(block['key_groups']).filter(isJsonObject);
  const groups = (written.length === 0 ? [block] : written).map(readGroup);
  const threshold = Number(block['shamir_threshold'] ?? 0);
  if (!Number.isInteger(threshold) || threshold < 0 || threshold > groups.length)
    throw fail('has a shamir_threshold that cannot be met');
  return {
    groups,
    threshold: threshold === 0 ? groups.length : threshold,
    lastModified,
    mac,
    macOnlyEncrypted: block['mac_only_encrypted'] === true || block['mac_only_encrypted'] === 'true',
    isEncrypted: readRules(block, fail),
  };
}

const otherKeys: { readonly [field: string]: string } = {
  pgp: 'PGP',
  gcp_kms: 'Google Cloud KMS',
  azure_kv: 'Azure Key Vault',
  hc_vault: 'HashiCorp Vault',
  hckms: 'Huawei Cloud KMS',
};

function readGroup(group: JsonObject): KeyGroup {
  const age = listOf(group['age'])
    .filter(isJsonObject)
    .map((entry) => ({ recipient: textOf(entry, 'recipient'), encrypted: textOf(entry, 'enc') }));
  const kms = listOf(group['kms']).filter(isJsonObject).map(readKms);
  const others = Object.keys(otherKeys).filter((field) => listOf(group[field]).length > 0);
  const ssh = age.some(({ recipient }) => recipient.startsWith('ssh-')) ? ['age with SSH keys'] : [];
  return { age, kms, unsupported: [...others.map((field) => otherKeys[field] ?? field), ...ssh] };
}

function readKms(entry: JsonObject): KmsEntry {
  const role = textOf(entry, 'role');
  const context = isJsonObject(entry['context']) ? Object.entries(entry['context']) : [];
  return {
    arn: textOf(entry, 'arn'),
    ...(role === '' ? {} : { role }),
    context: Object.fromEntries(context.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []))),
    encrypted: textOf(entry, 'enc'),
  };
}

type Fail = (problem: string) => SecretError;
type Matches = (key: string) => boolean;

/** As in sops each later rule overrides the earlier ones, and a key anywhere on the path counts. */
function readRules(block: JsonObject, fail: Fail): SopsMetadata['isEncrypted'] {
  if (textOf(block, 'encrypted_comment_regex') + textOf(block, 'unencrypted_comment_regex') !== '') return undefined;
  const rules = [
    { matches: suffix(textOf(block, 'unencrypted_suffix')), encrypts: false },
    { matches: suffix(textOf(block, 'encrypted_suffix')), encrypts: true },
    { matches: regex(block, 'unencrypted_regex', fail), encrypts: false },
    { matches: regex(block, 'encrypted_regex', fail), encrypts: true },
  ];
  return (path) => {
    let encrypted = true;
    for (const { matches, encrypts } of rules) {
      if (matches === undefined) continue;
      const found = path.some(matches);
      if (encrypts) encrypted = found;
      else if (found) encrypted = false;
    }
    return encrypted;
  };
}

function suffix(ending: string): Matches | undefined {
  return ending === '' ? undefined : (key) => key.endsWith(ending);
}

function regex(block: JsonObject, field: string, fail: Fail): Matches | undefined {
  const text = textOf(block, field);
  if (text === '') return undefined;
  try {
    const compiled = RE2JS.compile(text);
    return (key) => compiled.matcher(key).find();
  } catch {
    throw fail(`has an ${field} that is no regular expression of Go`);
  }
}

function textOf(block: JsonObject, field: string): string {
  const value = block[field];
  return typeof value === 'string' ? value : '';
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
