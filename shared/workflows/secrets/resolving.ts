import type { Manifest } from '../../model/manifest.ts';
import type { Conceal } from '../../model/secret-value.ts';
import type { SecretsConfig } from '../../model/secrets-config.ts';
import type { Ports } from '../../ports.ts';
import type { SecretsRequest } from './resolution.ts';
import type { StoreShelf } from './store-shelf.ts';

/** What every step of one resolution knows. */
export type Resolving = {
  readonly request: SecretsRequest;
  readonly config: SecretsConfig;
  readonly ports: Pick<Ports, 'secrets' | 'clock' | 'store'>;
  readonly shelf: StoreShelf;
  /** Manifests that are applied as they are: sources of templates are looked for among them first. */
  readonly plain: readonly Manifest[];
  /** Objects that this render brings whole, by `keyOf`: what is merged into them need not wait until they are there. */
  readonly brought: ReadonlySet<string>;
  readonly now: Date;
};

/** The installation's mark of a text. */
export function markOf(text: string, conceal: Conceal): string {
  return conceal(new TextEncoder().encode(text)).mark;
}
