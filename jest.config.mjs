import { availableParallelism } from 'node:os';

const project = (name, more = {}) => ({
  displayName: name,
  rootDir: import.meta.dirname,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  // Node strips the types itself; nothing is compiled.
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  // Not in the system's scratch folder, which is a new one for every run.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  ...more,
});

/** Run through `npm test`, or: NODE_OPTIONS=--experimental-vm-modules node node_modules/jest/bin/jest.js test/unit/… */
export default {
  // Room for the slowest promise on a busy machine, such as the end of a namespace; Jest takes it for all projects only.
  testTimeout: 60_000,
  // Jest leaves one processor to itself, half of a small machine; tests wait about as long as they compute.
  maxWorkers: availableParallelism() + 1,
  // A worker keeps ten megabytes of each suite. The larger it is the longer it takes to start a program, and in the end to end.
  workerIdleMemoryLimit: '250MB',
  projects: [
    project('unit'),
    // Too many cases for a quick check.
    project('exhaustive'),
    project('contract'),
    project('infra'),
    project('cluster', {
      globalSetup: '<rootDir>/test/support/control-plane/jest-setup.ts',
      globalTeardown: '<rootDir>/test/support/control-plane/jest-teardown.ts',
    }),
    project('aws'),
  ],
};
