import type { Manifest, StringMap } from '../../model/manifest.ts';
import type { MadeOnce } from '../../model/secret-generator.ts';
import type { Conceal, SecretValue } from '../../model/secret-value.ts';
import type { FoundSecret, SecretAnswer } from '../../secret-ports.ts';
import type { TemplateRequest } from '../template/render-template.ts';

/**
 * What a reference came to. `read`: found, absent or failed; `find`: list or failed; `generate`: issued, make-once or failed;
 * `template-source`: source, absent or failed.
 */
export type ReferenceAnswer =
  | SecretAnswer
  | { readonly state: 'list'; readonly found: readonly FoundSecret[] }
  | { readonly state: 'issued'; readonly values: ReadonlyMap<string, SecretValue> }
  /** Made here, unless the Secret has it already. */
  | { readonly state: 'make-once'; readonly spec: MadeOnce }
  /** The values of a ConfigMap or Secret by key, as bytes. */
  | { readonly state: 'source'; readonly data: ReadonlyMap<string, Uint8Array> };

/** Answers by `referenceKey`. */
export type Answers = ReadonlyMap<string, ReferenceAnswer>;

/** The target as it is in the cluster. */
export type ExistingSecret = {
  readonly data: ReadonlyMap<string, SecretValue>;
  readonly annotations: StringMap;
  readonly immutable?: boolean;
};

export type RenderTemplate = (request: TemplateRequest) => Uint8Array;

/** What may be done with values besides putting them into Secrets. */
export type Allowed = {
  /** True: values may stand in labels and annotations. */
  readonly metadata: boolean;
  /** Whether `target.manifest` may make a kind, `ConfigMap` or `group/Kind`. */
  readonly targets: (kind: string) => boolean;
};

/** All that the evaluation of one ExternalSecret depends on. */
export type Known = {
  readonly answers: Answers;
  readonly existing?: ExistingSecret;
  readonly conceal: Conceal;
  readonly renderTemplate: RenderTemplate;
  readonly now: Date;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly allow: Allowed;
};

export type Evaluated =
  | {
      readonly state: 'resolved';
      /** A Secret whose data are SecretValues of the bare bytes; for other kinds values may stand anywhere. */
      readonly manifest: Manifest;
      /** What the provider has not and the deletion policy lets pass, in words. */
      readonly missing: readonly string[];
      /** What a person should know; without values. */
      readonly notices: readonly string[];
      /** True: something was taken over from the Secret in the cluster. */
      readonly usesExisting: boolean;
    }
  /** The provider has nothing any more: the Secret is to be deleted. */
  | { readonly state: 'delete'; readonly missing: readonly string[] }
  /** Nothing is to be done to the Secret, whether it is there or not. */
  | { readonly state: 'left-alone'; readonly missing: readonly string[] };
