import type { ClusterEndpoint } from '../../cluster-ports.ts';
import { ClusterError, PlumbError } from '../../errors.ts';
import { findTarget, type Target } from './find-target.ts';
import { type Kubeconfig, parseKubeconfig, type UserEntry } from './kubeconfig.ts';

/** A cluster whose kubeconfig is kept as a secret. */
export type SecretKubeconfig = {
  /** What the cluster is called; no other one is called so. */
  readonly name: string;
  /** The secret's name or ARN, as errors name it. */
  readonly secret: string;
};

/** The text of a secret as it is now. */
export type ReadSecret = (secret: string) => Promise<string>;

/**
 * The target of a kubeconfig's current context, or of the only one. Who to be, and where the API server is, is read again when it is
 * refused. A PlumbError for a kubeconfig that needs programs or files beside itself.
 */
export async function openSecretTarget(kubeconfig: SecretKubeconfig, read: ReadSecret): Promise<Target> {
  const look = lookAgain(kubeconfig, read);
  const { cluster, user } = await look();
  const { name, secret } = kubeconfig;
  return {
    name,
    cluster,
    user,
    renewUser: async () => (await look()).user,
    ...(cluster.ca === undefined ? {} : { locate: async () => endpointOf(await look()) }),
    advice: {
      unknownUser: `Put a token or a client certificate that is good into the kubeconfig of secret ${secret}.`,
      unreachable: `Check the server in the kubeconfig of secret ${secret}, and the network on the way to it.`,
      untrusted: `Set certificate-authority-data (or tls-server-name) in the kubeconfig of secret ${secret}.`,
    },
  };
}

type Opened = Target & { readonly user: UserEntry };

/** Gives the same target as long as the text is the same, so that what was opened with it stays open. */
function lookAgain(kubeconfig: SecretKubeconfig, read: ReadSecret): () => Promise<Opened> {
  let last: { readonly text: string; readonly opened: Opened } | undefined;
  return async () => {
    const text = await readText(kubeconfig, read);
    if (last?.text !== text) last = { text, opened: toTarget(text, kubeconfig) };
    return last.opened;
  };
}

async function readText({ name, secret }: SecretKubeconfig, read: ReadSecret): Promise<string> {
  try {
    return await read(secret);
  } catch (error) {
    if (!(error instanceof PlumbError)) throw error;
    const { message, hint, retryable } = error;
    const code = retryable ? 'cluster-unreachable' : 'cluster-forbidden';
    throw new ClusterError(code, `Cluster ${name}: its kubeconfig cannot be had: ${message}`, {
      object: name,
      retryable,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function toTarget(text: string, { secret }: SecretKubeconfig): Opened {
  const hint = 'Correct the text of the secret.';
  const kubeconfig = parseKubeconfig(text, { path: `in secret ${secret}`, folder: '', hint });
  const context = contextOf(kubeconfig);
  if (context === undefined) throw unusable(secret, 'it has no current-context');
  const target = findTarget(kubeconfig, { name: 'in-cluster', namespace: '' }, context);
  const { user } = target;
  if (user === undefined) throw unusable(secret, `context "${context}" has no user`);
  for (const { needs, of } of outside) if (needs({ ...target, user })) throw unusable(secret, of({ ...target, user }));
  return { ...target, user };
}

function contextOf({ currentContext, contexts }: Kubeconfig): string | undefined {
  return currentContext ?? (contexts.length === 1 ? contexts[0]?.name : undefined);
}

type Need = { readonly needs: (target: Opened) => boolean; readonly of: (target: Opened) => string };

const isFile = (source: object | undefined): boolean => source !== undefined && 'file' in source;

/** What a kubeconfig can ask for that is not in it. */
const outside: readonly Need[] = [
  {
    needs: ({ cluster }) => isFile(cluster.ca),
    of: ({ cluster }) => `cluster "${cluster.name}" names a file (certificate-authority)`,
  },
  {
    needs: ({ user }) => isFile(user.certificate),
    of: ({ user }) => `user "${user.name}" names a file (client-certificate)`,
  },
  { needs: ({ user }) => isFile(user.key), of: ({ user }) => `user "${user.name}" names a file (client-key)` },
  {
    needs: ({ user }) => user.tokenFile !== undefined,
    of: ({ user }) => `user "${user.name}" names a file (tokenFile)`,
  },
  {
    needs: ({ user }) => user.exec !== undefined,
    of: ({ user }) => `user "${user.name}" runs the program "${user.exec?.command}" (exec)`,
  },
  {
    needs: ({ user }) => user.authProvider !== undefined,
    of: ({ user }) => `user "${user.name}" logs in elsewhere (auth-provider)`,
  },
  {
    needs: ({ user }) => user.token === undefined && (user.certificate === undefined || user.key === undefined),
    of: ({ user }) => `user "${user.name}" has neither a token nor a client certificate with its key`,
  },
];

function unusable(secret: string, why: string): PlumbError {
  return new PlumbError('cluster-unknown', `The kubeconfig in secret ${secret} cannot be used: ${why}`, {
    object: secret,
    hint: 'Where it is used there are neither programs nor files: put into it, as data, a token or a client certificate, and the authority.',
  });
}

function endpointOf({ cluster: { server, ca } }: Opened): ClusterEndpoint {
  return { server, certificateAuthority: ca !== undefined && 'data' in ca ? ca.data : '' };
}
