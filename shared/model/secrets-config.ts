/** Where key files of the operator are: sealing keys, age identities. */
export type KeySource =
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'folder'; readonly path: string }
  | { readonly type: 'secrets-manager'; readonly name: string; readonly region: string };

/** What may open SOPS documents. */
export type SopsKeys = {
  readonly ageKeys: readonly KeySource[];
  readonly kms: {
    /** ARNs of KMS keys that files may name. */
    readonly keys: readonly string[];
    /** ARNs of roles that files may name. */
    readonly roles: readonly string[];
  };
};

/** What some projects may read, in some namespaces. All lists are globs; an empty one allows nothing but where it says otherwise. */
export type SecretsGrant = {
  readonly projects: readonly string[];
  readonly namespaces: readonly string[];
  readonly aws?: {
    /** ARNs of roles that a store may name. */
    readonly roles: readonly string[];
    /** True: a store without a role reads with Plumbline's own rights. */
    readonly ownIdentity: boolean;
    readonly regions: readonly string[];
    /** Names in Secrets Manager. */
    readonly secrets: readonly string[];
    /** Names in Parameter Store. */
    readonly parameters: readonly string[];
  };
  readonly vault: readonly {
    /** The exact URL. */
    readonly server: string;
    /** `mount/path`, without `data/`. */
    readonly paths: readonly string[];
    /** True: a store may bring a caBundle of its own. */
    readonly ownCa: boolean;
  }[];
  readonly kubernetes: readonly {
    /** The exact URL; empty: the cluster that the application is deployed to. */
    readonly server: string;
    readonly namespaces: readonly string[];
  }[];
  /** Kinds of generators that reach out; Password, UUID and SSHKey need no leave. */
  readonly generators: readonly string[];
  /** URLs of GitHub Enterprise servers that a generator may ask; `https://api.github.com` needs no leave. */
  readonly githubServers: readonly string[];
  readonly fake: boolean;
  /** Kinds other than Secret that `target.manifest` may make, `ConfigMap` or `group/Kind`. */
  readonly targets: readonly string[];
  /** True: values may stand in labels and annotations. */
  readonly metadata: boolean;
  /** Keys that are theirs alone. */
  readonly sops?: SopsKeys;
};

/** The operator's word on secrets; kept where no tenant's Git reaches. */
export type SecretsConfig = {
  /** `auto`: manifests of External Secrets and Sealed Secrets are applied as they are where the cluster serves their kinds. */
  readonly mode: 'auto' | 'resolve' | 'apply';
  /** Stores and generators of another class are left to another controller. */
  readonly controllerClass: string;
  readonly grants: readonly SecretsGrant[];
  readonly sealingKeys: readonly KeySource[];
  /** Keys for all projects. */
  readonly sops: SopsKeys;
};
