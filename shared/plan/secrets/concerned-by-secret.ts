import type { Head } from '../../model/head.ts';
import type { SecretEvent } from '../../model/secret-event.ts';
import { awsSource } from './secret-source.ts';

/** The applications that read a secret, whichever store leads them there. */
export function concernedBySecret(heads: readonly Head[], { service, region, name }: SecretEvent): readonly string[] {
  const source = awsSource(service, region, name);
  return heads
    .filter(({ secrets = [] }) => secrets.some(({ reads }) => reads.some((read) => read.source === source)))
    .map(({ application }) => application);
}
