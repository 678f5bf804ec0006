import { running } from './jest-setup.ts';

/** Ends what jest-setup.ts has started. */
export default async function teardown(): Promise<void> {
  await Promise.all([running.starter?.stop(), running.controlPlane?.stop()]);
}
