import * as z from 'zod';
import type { FakeStore } from '../../model/fake-store.ts';
import type { StoreRef } from '../../model/secret-store.ts';
import { readSpec } from './store-fields.ts';

const schema = z.object({
  data: z
    .array(
      z.object({
        key: z.string().min(1),
        value: z.string().min(1),
        version: z.string().default(''),
      }),
    )
    .default([]),
});

/** Reads the `fake` of a store's provider. */
export function parseFakeStore(spec: unknown, where: StoreRef): FakeStore {
  const { data } = readSpec(schema, spec, { where, field: 'spec.provider.fake' });
  return { type: 'fake', data };
}
