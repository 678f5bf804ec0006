// Needed by every invocation: while a function starts, it has whole processors for loading it.
import '../../shared/adapters/aws/clients/s3-calls.ts';
import { S3Store } from '../../shared/adapters/aws/s3-store.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import { loadInstallation, refuseForeign } from '../../shared/state/installation.ts';

/** The installation's bucket, once it is known to be no other's. */
export async function openOwnStore({
  PLUMB_BUCKET: bucket,
  PLUMB_INSTALLATION: installation,
}: {
  readonly PLUMB_BUCKET: string;
  readonly PLUMB_INSTALLATION: string;
}): Promise<ObjectStore> {
  const store = new S3Store({ bucket });
  refuseForeign(await loadInstallation(store), installation);
  return store;
}
