import * as z from 'zod';
import { SecretError } from '../../errors.ts';
import type { ClusterKeyRef, ServiceAccountRef } from '../../model/cluster-key-ref.ts';
import { formatStore, type StoreRef } from '../../model/secret-store.ts';

/** A key of a Secret; `defaultKey` where the manifest may leave it out. */
export function secretKey(defaultKey?: string): z.ZodType<ClusterKeyRef> {
  const key = z.string().min(1);
  return z.object({
    name: z.string().min(1),
    key: defaultKey === undefined ? key : key.default(defaultKey),
    namespace: z.string().min(1).exactOptional(),
  });
}

/** A ServiceAccount whose token is asked for. */
export const serviceAccount: z.ZodType<ServiceAccountRef> = z.object({
  name: z.string().min(1),
  namespace: z.string().min(1).exactOptional(),
  audiences: z.array(z.string()).default([]),
});

export type AuthorityRef = { readonly kind: 'Secret' | 'ConfigMap'; readonly key: ClusterKeyRef };

/** Where a CA is kept. */
export const caProvider: z.ZodType<AuthorityRef> = z
  .object({
    type: z.enum(['Secret', 'ConfigMap'], { error: 'is neither Secret nor ConfigMap' }),
    name: z.string().min(1),
    key: z.string().min(1),
    namespace: z.string().min(1).exactOptional(),
  })
  .transform(({ type, ...key }) => ({ kind: type, key }));

const pem = '-----BEGIN CERTIFICATE-----';

/** A CA as PEM; in a manifest it is that in base64, or in base64 twice. */
export const caBundle: z.ZodType<string> = z.string().transform((text, context) => {
  const readings = [text, decode(text), decode(decode(text))];
  const found = readings.find((reading) => reading.includes(pem));
  if (found !== undefined) return found;
  context.addIssue({ code: 'custom', message: 'is neither a PEM certificate nor one in base64' });
  return z.NEVER;
});

/** An absolute URL of HTTP, without credentials and without query. */
export const serverUrl: z.ZodType<string> = z.string().refine(isServerUrl, {
  error: 'is not the URL of a server, such as https://vault.example.com:8200',
});

/** A known field that must not be there. */
export function unsupported(why: string): z.ZodExactOptional<z.ZodUnknown> {
  return z
    .unknown()
    .refine((value) => value === undefined, { error: `is not supported: ${why}` })
    .exactOptional();
}

/** What a schema makes of a provider's spec; all that is wrong is in one SecretError, by field and never with what stands there. */
export function readSpec<Value>(
  schema: z.ZodType<Value>,
  spec: unknown,
  { where, field }: { readonly where: StoreRef; readonly field: string },
): Value {
  const result = schema.safeParse(spec);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, code, message }) => {
    const name = [field, ...path.map(String)].join('.');
    return `${name} ${code === 'custom' || code === 'invalid_value' ? message : 'is missing or of the wrong type'}`;
  });
  throw invalidSpec(where, problems.join('; '));
}

/** The error for a provider's spec that cannot be used. */
export function invalidSpec(
  where: StoreRef,
  problem: string,
  hint = 'Correct the store in Git; what is documented for External Secrets applies.',
): SecretError {
  return new SecretError('secret-invalid', `${formatStore(where)}: ${problem}`, { object: formatStore(where), hint });
}

/** True for an absolute URL of HTTP, without credentials and without query. */
export function isServerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && username + password + search + hash === '';
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
