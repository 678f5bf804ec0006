import { armor, Decrypter } from 'age-encryption';
import { SecretError } from '../../errors.ts';
import { revealSecret, type SecretValue } from '../../model/secret-value.ts';
import { decodeBase64 } from '../strict-base64.ts';
import { combineShares } from './shamir.ts';
import type { SopsContext } from './sops-context.ts';
import type { AgeEntry, KeyGroup, KmsEntry, SopsMetadata } from './sops-metadata.ts';

type Outcome = { readonly key: Uint8Array } | { readonly problems: readonly Problem[] };
type Problem = { readonly text: string; readonly code: SecretError['code'] };

/** The key that a document's values are encrypted with. Age identities are tried before AWS KMS is asked. */
export async function openDataKey(metadata: SopsMetadata, context: SopsContext, object: string): Promise<Uint8Array> {
  const { groups, threshold } = metadata;
  const parts: Uint8Array[] = [];
  const problems: Problem[] = [];
  for (const group of groups) {
    if (parts.length >= threshold) break;
    const outcome = await openGroup(group, context);
    if ('key' in outcome) parts.push(outcome.key);
    else problems.push(...outcome.problems);
  }
  if (parts.length < threshold) throw cannotOpen(object, problems, groups.length > 1 ? threshold : undefined);
  const key = groups.length > 1 ? combineShares(parts) : parts[0];
  if (key?.length === 32) return key;
  throw new SecretError('secret-invalid', `${object}: its data key has a wrong form`, {
    object,
    hint: 'encrypt it anew with sops',
  });
}

async function openGroup(group: KeyGroup, context: SopsContext): Promise<Outcome> {
  const problems: Problem[] = [];
  const identities = context.ageIdentities.flatMap(readIdentities);
  for (const entry of group.age) {
    const key = await openWithAge(entry, identities);
    if (key !== undefined) return { key };
    problems.push({ code: 'secret-denied', text: ageProblem(entry, identities.length) });
  }
  for (const entry of group.kms) {
    const outcome = await openWithKms(entry, context);
    if ('key' in outcome) return outcome;
    problems.push(...outcome.problems);
  }
  const others = group.unsupported.map(
    (name) => ({ code: 'secret-refused', text: `${name} is not supported` }) as const,
  );
  return { problems: [...problems, ...others] };
}

/** The secret keys of an age key file; plugins' and SSH keys are not among them. */
export function readIdentities(file: SecretValue): readonly string[] {
  const lines = Buffer.from(revealSecret(file)).toString('utf8').split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('AGE-SECRET-KEY-'));
}

async function openWithAge({ encrypted }: AgeEntry, identities: readonly string[]): Promise<Uint8Array | undefined> {
  for (const identity of identities) {
    try {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      return await decrypter.decrypt(armor.decode(encrypted));
    } catch {
      // Another identity may fit; what age says is not passed on.
    }
  }
  return undefined;
}

function ageProblem({ recipient }: AgeEntry, tried: number): string {
  const shown = recipient.length > 70 ? `${recipient.slice(0, 24)}…` : recipient;
  if (tried === 0) return `there is no age identity to open it with (recipient ${shown})`;
  return `${tried === 1 ? 'the one age identity is not' : `none of ${tried} age identities is`} that of recipient ${shown}`;
}

async function openWithKms(entry: KmsEntry, { kms, dataKeys }: SopsContext): Promise<Outcome> {
  const { arn, role, context, encrypted } = entry;
  const refused = (text: string): Outcome => ({ problems: [{ code: 'secret-refused', text }] });
  if (!kms.keys.some((glob) => matches(glob, arn))) return refused(`the operator does not allow the KMS key ${arn}`);
  if (role !== undefined && !kms.roles.some((glob) => matches(glob, role)))
    return refused(`the operator does not allow the role ${role}`);
  const ciphertext = decodeBase64(encrypted);
  if (ciphertext === undefined) return refused(`what it has of the KMS key ${arn} is not base64`);
  try {
    const asked = { keyArn: arn, ...(role === undefined ? {} : { role }), context, ciphertext };
    return { key: revealSecret(await dataKeys.decrypt(asked)) };
  } catch (error) {
    const known = error instanceof SecretError;
    const text = known ? error.message : `KMS key ${arn} did not open it`;
    return { problems: [{ code: known ? error.code : 'secret-denied', text }] };
  }
}

/** `*` stands for any characters. */
function matches(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  if (rest.length === 0) return glob === text;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

function cannotOpen(object: string, problems: readonly Problem[], threshold: number | undefined): SecretError {
  const codes = problems.map(({ code }) => code);
  const code = codes.find((each) => each === 'secret-unreachable') ?? codes[0] ?? 'secret-invalid';
  const needed = threshold === undefined ? 'no key opens it' : `fewer than the ${threshold} key groups it needs open`;
  const reasons = problems.length === 0 ? 'its sops block names no key' : problems.map(({ text }) => text).join('; ');
  return new SecretError(code, `${object}: ${needed}: ${reasons}`, {
    object,
    hint: 'name the key under sops of the configuration of secrets, or encrypt it for one that is named there (sops updatekeys)',
  });
}
