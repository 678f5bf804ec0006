import process from 'node:process';
import type { Address } from './host-protocol.ts';
import { attachControlPlane, type ControlPlaneAccess } from './start-control-plane.ts';

/** The control plane of this test run. Every test makes a namespace of its own in it. */
export function sharedControlPlane(): ControlPlaneAccess {
  const address = process.env['PLUMBLINE_TEST_CONTROL_PLANE'];
  if (address === undefined)
    throw new Error('There is no control plane: tests that need one belong below test/cluster');
  return attachControlPlane(JSON.parse(address) as Address);
}
