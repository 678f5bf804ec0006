import { readFile } from 'node:fs/promises';
import { messageOf, PlumbError } from '../../errors.ts';
import { type AuthProvider, openAuthProvider } from './auth-provider.ts';
import { runExecPlugin } from './exec-credential.ts';
import type { Target } from './find-target.ts';
import type { FileOrData, UserEntry } from './kubeconfig.ts';
import type { Environment } from './load-kubeconfig.ts';
import { credentialText } from './secret-json.ts';

/** Token files are replaced by whoever keeps them fresh; client-go reads them anew as often. */
const fileLifeMs = 60_000;
/** Where who to be is read from afar, a reading costs more. */
const userLifeMs = 5 * 60_000;
/** A token is renewed this long before it ends, so that none ends on its way. */
const renewBeforeMs = 10_000;

export type Certificate = { readonly cert: string | Uint8Array; readonly key: string | Uint8Array };

export type Credential = {
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The same object until it changes. */
  readonly certificate?: Certificate;
};

type Loaded = Credential & { readonly expiresAt: number };

/** Proofs of who we are towards one API server, loaded when first needed, renewed when they end, shared by all calls. */
export class Credentials {
  readonly #target: Target;
  readonly #environment: Environment;
  #provider: AuthProvider | undefined;
  #loading: Promise<Loaded> | undefined;
  #expiresAt = Number.POSITIVE_INFINITY;
  #renewed: { readonly user: UserEntry; readonly certificate: Certificate | undefined } | undefined;

  constructor(target: Target, environment: Environment) {
    this.#target = target;
    this.#environment = environment;
  }

  /** The credential that is valid now. A PlumbError `cluster-forbidden` where it cannot be had. */
  async current(): Promise<Credential> {
    if (this.#loading === undefined || Date.now() >= this.#expiresAt) this.#startLoading();
    return this.#loading as Promise<Loaded>;
  }

  /** Loads anew at the next call, unless that has been done already since `refused` was given out. */
  async forget(refused: Credential): Promise<void> {
    const current = await this.#loading?.catch(() => undefined);
    if (current === refused) this.#loading = undefined;
  }

  #startLoading(): void {
    this.#expiresAt = Number.POSITIVE_INFINITY;
    const loading = this.#load();
    this.#loading = loading;
    loading.then(
      (loaded) => {
        if (this.#loading === loading) this.#expiresAt = loaded.expiresAt;
      },
      () => {
        if (this.#loading === loading) this.#loading = undefined;
      },
    );
  }

  async #load(): Promise<Loaded> {
    const { renewUser } = this.#target;
    const user = renewUser === undefined ? this.#target.user : await renewUser();
    if (user === undefined) return { headers: [], expiresAt: Number.POSITIVE_INFINITY };
    const certificate = await this.#certificateOf(user);
    const token = await this.#loadToken(user);
    const renewAt = renewUser === undefined ? Number.POSITIVE_INFINITY : Date.now() + userLifeMs;
    return {
      headers: [...(token.value === undefined ? [] : [['authorization', token.value] as const]), ...user.impersonate],
      expiresAt: Math.min(token.expiresAt, renewAt),
      ...(token.certificate === undefined && certificate === undefined
        ? {}
        : { certificate: token.certificate ?? (certificate as Certificate) }),
    };
  }

  /** The same object for the same user that is renewed: connections are made with it. */
  async #certificateOf(user: UserEntry): Promise<Certificate | undefined> {
    if (this.#renewed?.user === user) return this.#renewed.certificate;
    const certificate = await readCertificate(user);
    if (this.#target.renewUser !== undefined) this.#renewed = { user, certificate };
    return certificate;
  }

  async #loadToken(user: UserEntry): Promise<{ value?: string; certificate?: Certificate; expiresAt: number }> {
    if (user.tokenFile !== undefined) {
      const token = (await readBytes(user, { file: user.tokenFile })).toString('utf8').trim();
      return { value: `Bearer ${token}`, expiresAt: Date.now() + fileLifeMs };
    }
    if (user.tokenSource !== undefined) {
      const { token, expiresAt } = await user.tokenSource();
      return { value: `Bearer ${credentialText(token)}`, expiresAt: Date.parse(expiresAt) - renewBeforeMs };
    }
    if (user.token !== undefined) return { value: `Bearer ${user.token}`, expiresAt: Number.POSITIVE_INFINITY };
    if (user.exec !== undefined) {
      const { token, certificate, expiresAt } = await runExecPlugin(user.exec, this.#target.cluster, this.#environment);
      return {
        expiresAt: (expiresAt ?? Number.POSITIVE_INFINITY) - renewBeforeMs,
        ...(token === undefined ? {} : { value: `Bearer ${token}` }),
        ...(certificate === undefined ? {} : { certificate }),
      };
    }
    if (user.authProvider === undefined) return { expiresAt: Number.POSITIVE_INFINITY };
    this.#provider ??= await openAuthProvider(this.#target);
    const value = await this.#provider.header();
    return { expiresAt: Date.now() + fileLifeMs, ...(value === undefined ? {} : { value }) };
  }
}

async function readCertificate(user: UserEntry): Promise<Certificate | undefined> {
  if (user.certificate === undefined || user.key === undefined) return undefined;
  const [cert, key] = await Promise.all([readBytes(user, user.certificate), readBytes(user, user.key)]);
  return { cert, key };
}

async function readBytes(user: UserEntry, source: FileOrData): Promise<Buffer> {
  if ('data' in source) return Buffer.from(source.data, 'base64');
  try {
    return await readFile(source.file);
  } catch (error) {
    throw new PlumbError(
      'cluster-forbidden',
      `The credentials of user "${user.name}" cannot be read: ${messageOf(error)}`,
      {
        object: source.file,
        hint: 'Correct the path in the kubeconfig, or log in again.',
      },
    );
  }
}
