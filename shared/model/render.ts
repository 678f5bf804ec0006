import type { Manifest } from './manifest.ts';
import type { ResolvedSource } from './revision.ts';
import type { SecretRead } from './secret-record.ts';

/** Manifests before secrets, in canonical order, and the SHA-256 of their canonical JSON, which names them in the store. */
export type Render = {
  readonly digest: string;
  readonly manifests: readonly Manifest[];
};

/** As the programs say them, such as `v4.1.4` and `v5.7.1`. */
export type ToolVersions = { readonly helm: string; readonly kustomize: string };

/** A render with where it came from. `warnings` are for people: a duplicate object, an ignored option. */
export type RenderedSources = {
  readonly render: Render;
  readonly sources: readonly ResolvedSource[];
  readonly warnings: readonly string[];
  /** False when an earlier render of the same inputs was found. */
  readonly rendered: boolean;
  /** What made it; absent where nothing was rendered. */
  readonly tools?: ToolVersions;
  /** The versions of secrets to ask for in place of the current ones. */
  readonly secretVersions?: readonly SecretRead[];
};

/** The render that wants nothing; its digest is that of `[]`. */
export const emptyRender: Render = {
  digest: '4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945',
  manifests: [],
};
