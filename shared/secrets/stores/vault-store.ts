import * as z from 'zod';
import type { StoreRef } from '../../model/secret-store.ts';
import type { VaultStore } from '../../model/vault-store.ts';
import { caBundle, caProvider, invalidSpec, readSpec, secretKey, serverUrl } from './store-fields.ts';
import { vaultAuth } from './vault-auth.ts';

const field = 'spec.provider.vault';

/** Vault's own headers are set here, and those of HTTP by the connection. */
const ownHeaders =
  /^(x-vault-(token|namespace|request|index|inconsistent)|host|content-length|transfer-encoding|connection)$/i;

const headers = z
  .record(z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/))
  .refine((map) => !Object.keys(map).some((name) => ownHeaders.test(name)), {
    error: 'sets a header that the store has another field for, or that is not its business',
  });

const schema = z.object({
  server: serverUrl,
  path: z.string().default(''),
  version: z.enum(['v1', 'v2'], { error: 'is neither v1 nor v2' }).default('v2'),
  namespace: z.string().default(''),
  caBundle: caBundle.exactOptional(),
  caProvider: caProvider.exactOptional(),
  tls: z
    .object({ certSecretRef: secretKey('tls.crt').exactOptional(), keySecretRef: secretKey('tls.key').exactOptional() })
    .prefault({}),
  headers: headers.default({}),
  readYourWrites: z.boolean().default(false),
  forwardInconsistent: z.boolean().default(false),
  auth: vaultAuth,
});

/** Reads the `vault` of a store's provider. Fields that only concern writing to Vault are left alone. */
export function parseVaultStore(spec: unknown, where: StoreRef): VaultStore {
  const {
    auth,
    tls,
    path,
    namespace,
    caBundle: ca,
    caProvider: authority,
    ...rest
  } = readSpec(schema, spec, {
    where,
    field,
  });
  const pair = readTls(tls, where);
  return {
    ...rest,
    type: 'vault',
    headers: Object.fromEntries(Object.entries(rest.headers).map(([name, value]) => [name.toLowerCase(), value])),
    auth: auth.method,
    ...(path === '' ? {} : { path }),
    ...(namespace === '' ? {} : { namespace }),
    ...(auth.namespace === undefined ? {} : { authNamespace: auth.namespace }),
    ...(ca === undefined ? {} : { caBundle: ca }),
    ...(authority === undefined ? {} : { caProvider: authority }),
    ...(pair === undefined ? {} : { tls: pair }),
  };
}

function readTls(
  { certSecretRef: cert, keySecretRef: key }: z.infer<typeof schema>['tls'],
  where: StoreRef,
): VaultStore['tls'] {
  if (cert !== undefined && key !== undefined) return { cert, key };
  if (cert === undefined && key === undefined) return undefined;
  throw invalidSpec(where, `${field}.tls needs certSecretRef and keySecretRef, not one of them`);
}
