import process from 'node:process';

/** Milliseconds for which this process computes while it does something: on a busy machine it takes longer, and computes no more. */
export function processorTime(act: () => unknown): number {
  const start = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
