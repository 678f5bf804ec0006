import type { AwsAuth } from './aws-store.ts';
import type { ClusterKeyRef } from './cluster-key-ref.ts';

/** The identity of a generator object. */
export type GeneratorRef = { readonly kind: string; readonly namespace: string; readonly name: string };

/** Made once, and kept for as long as the Secret has it. */
export type MadeOnce =
  | {
      readonly type: 'password';
      readonly length: number;
      readonly digits: number;
      readonly symbols: number;
      readonly symbolCharacters: string;
      readonly noUpper: boolean;
      readonly allowRepeat: boolean;
      readonly encoding: 'raw' | 'base64' | 'base64url' | 'base32' | 'hex';
      /** One password for each; default `password`. */
      readonly secretKeys: readonly string[];
    }
  | { readonly type: 'uuid' }
  | {
      readonly type: 'ssh-key';
      readonly keyType: 'rsa' | 'ecdsa' | 'ed25519';
      readonly keySize?: number;
      readonly comment: string;
    };

/** Asked for anew before what it gave ends. */
export type Issued =
  | {
      readonly type: 'ecr-token';
      readonly region: string;
      readonly role?: string;
      readonly scope: 'private' | 'public';
      readonly auth?: AwsAuth;
    }
  | {
      readonly type: 'github-token';
      /** Default `https://api.github.com`. */
      readonly url: string;
      readonly appId: string;
      readonly installId: string;
      readonly privateKey: ClusterKeyRef;
      readonly repositories: readonly string[];
      readonly permissions: { readonly [name: string]: string };
    };

export type GeneratorSpec = MadeOnce | Issued;

export type SecretGenerator = {
  readonly ref: GeneratorRef;
  readonly controller?: string;
  readonly spec: GeneratorSpec;
};
