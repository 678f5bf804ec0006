/** Values that stand in the store's own manifest; for tests of manifests. */
export type FakeStore = {
  readonly type: 'fake';
  readonly data: readonly { readonly key: string; readonly value: string; readonly version: string }[];
};
