import type { Manifest } from '../../model/manifest.ts';
import type { Conceal, SecretValue } from '../../model/secret-value.ts';
import type { SopsKeys } from '../../model/secrets-config.ts';
import type { DataKeys } from '../../secret-ports.ts';

/** What decrypting SOPS documents needs, and what the operator lets it do. */
export type SopsContext = {
  /** Texts of age key files. */
  readonly ageIdentities: readonly SecretValue[];
  readonly dataKeys: DataKeys;
  readonly kms: SopsKeys['kms'];
  readonly conceal: Conceal;
  /** True: decrypted values may stand in labels, annotations and other fields than data. */
  readonly allowMetadata: boolean;
  /** Kinds other than Secret that may carry values. */
  readonly allowKind: (manifest: Manifest) => boolean;
};
