import { SecretError } from '../../errors.ts';
import type { FakeStore } from '../../model/fake-store.ts';
import { formatStore, type StoreRef } from '../../model/secret-store.ts';
import type { Conceal } from '../../model/secret-value.ts';
import type { SecretAnswer, SecretProvider } from '../../secret-ports.ts';

export type FakeOptions = { readonly store: StoreRef; readonly spec: FakeStore; readonly conceal: Conceal };

/** The values that a Fake store's manifest holds. A version has to be asked for as it is written; of equal entries the last counts. */
export function fakeProvider({ store, spec, conceal }: FakeOptions): SecretProvider {
  const invalid = (why: string): SecretError =>
    new SecretError('secret-invalid', `${formatStore(store)}: ${why}`, {
      object: formatStore(store),
      hint: 'Use find.name, or a provider that can do it.',
    });
  const found = ({ value, version }: FakeStore['data'][number]): SecretAnswer => ({
    state: 'found',
    value: conceal(Buffer.from(value)),
    version,
  });
  return {
    read: async ({ key, version = '', metadata = false }) => {
      if (metadata) return { state: 'failed', error: invalid(`"${key}" has no metadata: a Fake store keeps none`) };
      const entry = spec.data.findLast((each) => each.key === key && each.version === version);
      return entry === undefined ? { state: 'absent' } : found(entry);
    },
    find: async ({ tags, matches }) => {
      if (tags !== undefined) throw invalid('a Fake store has no tags to find by');
      const newest = [...newestByKey(spec)].filter(([key]) => matches?.(key) ?? true);
      return newest
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([key, entry]) => ({ key, answer: found(entry) }));
    },
  };
}

/** Of several versions the greatest as text, as for External Secrets. */
function newestByKey({ data }: FakeStore): ReadonlyMap<string, FakeStore['data'][number]> {
  const newest = new Map<string, FakeStore['data'][number]>();
  for (const entry of data) if ((newest.get(entry.key)?.version ?? '') <= entry.version) newest.set(entry.key, entry);
  return newest;
}
