import * as z from 'zod';
import type { KubernetesStore } from '../../model/kubernetes-store.ts';
import type { StoreRef } from '../../model/secret-store.ts';
import {
  caBundle,
  caProvider,
  invalidSpec,
  isServerUrl,
  readSpec,
  secretKey,
  serviceAccount,
  unsupported,
} from './store-fields.ts';

/** What pods call the cluster that they run in; without a URL External Secrets takes that one too. */
const sameCluster = /^(https:\/\/)?kubernetes(\.default(\.svc(\.cluster\.local)?)?)?(:443)?\/?$/;

const serverOrName = z.string().refine((text) => text === '' || sameCluster.test(text) || isServerUrl(text), {
  error: 'is not the URL of an API server',
});

const schema = z.object({
  server: z
    .object({
      url: serverOrName.default(''),
      caBundle: caBundle.exactOptional(),
      caProvider: caProvider.exactOptional(),
    })
    .prefault({}),
  auth: z
    .object({
      serviceAccount: serviceAccount.exactOptional(),
      token: z.object({ bearerToken: secretKey('token') }).exactOptional(),
      cert: z.object({ clientCert: secretKey('tls.crt'), clientKey: secretKey('tls.key') }).exactOptional(),
    })
    .exactOptional(),
  authRef: unsupported('a whole kubeconfig may run programs; use server and auth'),
  remoteNamespace: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
    .max(63)
    .default('default'),
});

type Auth = NonNullable<KubernetesStore['auth']>;

/** Reads the `kubernetes` of a store's provider. A cluster's own name for itself means the cluster that is deployed to. */
export function parseKubernetesStore(spec: unknown, where: StoreRef): KubernetesStore {
  const field = 'spec.provider.kubernetes';
  const { server, auth, remoteNamespace } = readSpec(schema, spec, { where, field });
  const proofs = toProofs(auth);
  const [proof] = proofs;
  if (auth !== undefined && proofs.length !== 1)
    throw invalidSpec(where, `${field}.auth has to name exactly one of serviceAccount, token and cert`);
  const isElsewhere = server.url !== '' && !sameCluster.test(server.url);
  if (isElsewhere && proof === undefined)
    throw invalidSpec(where, `${field}.auth is missing`, 'Say whose rights count at that server.');
  return {
    type: 'kubernetes',
    remoteNamespace,
    ...(proof === undefined ? {} : { auth: proof }),
    ...(isElsewhere ? { server } : {}),
  };
}

function toProofs(auth: z.infer<typeof schema>['auth']): readonly Auth[] {
  const { serviceAccount: account, token, cert } = auth ?? {};
  return [
    ...(account === undefined ? [] : [{ type: 'service-account', account } as const]),
    ...(token === undefined ? [] : [{ type: 'token', token: token.bearerToken } as const]),
    ...(cert === undefined ? [] : [{ type: 'cert', ...cert } as const]),
  ];
}
