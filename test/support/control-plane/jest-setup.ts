import process from 'node:process';
import { createProgress } from '../../../cli/setup/progress.ts';
import { type Starter, startStarter } from '../programs/start-starter.ts';
import { provideControlPlane } from './provision.ts';
import { type ControlPlane, startControlPlane } from './start-control-plane.ts';

/** One control plane for the whole test run, which tests find with `sharedControlPlane()`, and one process that starts programs. */
export default async function setup(): Promise<void> {
  const step = { title: 'Starting the control plane', seconds: 6 };
  const binaries = await provideControlPlane();
  const controlPlane = await createProgress(process.stderr).run(step, () => startControlPlane({ binaries }));
  process.env['PLUMBLINE_TEST_CONTROL_PLANE'] = JSON.stringify(controlPlane.address);
  running.controlPlane = controlPlane;
  running.starter = await startStarter();
  process.env['PLUMBLINE_TEST_STARTER'] = running.starter.socket;
}

/** What the teardown has to stop; both run in Jest's own process. */
export const running: { controlPlane?: ControlPlane; starter?: Starter } = {};
