import type { ClusterKeyRef, ServiceAccountRef } from './cluster-key-ref.ts';

/** Whose rights are used. None: those that Plumbline itself has. */
export type AwsAuth =
  | {
      readonly type: 'keys';
      readonly accessKeyId: ClusterKeyRef;
      readonly secretAccessKey: ClusterKeyRef;
      readonly sessionToken?: ClusterKeyRef;
    }
  | { readonly type: 'service-account'; readonly account: ServiceAccountRef };

/** Roles that are assumed one after another, and how. */
export type AwsIdentity = {
  readonly region: string;
  readonly auth?: AwsAuth;
  /** Assumed before `role`, in order. */
  readonly additionalRoles: readonly string[];
  readonly role?: string;
  readonly externalId?: string;
  readonly sessionTagsPolicy: 'None' | 'Simple' | 'Custom';
  readonly sessionTags: readonly { readonly key: string; readonly value: string }[];
  readonly transitiveTagKeys: readonly string[];
};

/** An identity that goes through no chain of roles and is given no session tags. */
export function plainIdentity(region: string): AwsIdentity {
  return { region, additionalRoles: [], sessionTagsPolicy: 'None', sessionTags: [], transitiveTagKeys: [] };
}

/** AWS Secrets Manager or Parameter Store. */
export type AwsStore = AwsIdentity & {
  readonly type: 'aws';
  readonly service: 'SecretsManager' | 'ParameterStore';
  /** Put before each key. */
  readonly prefix: string;
};
