import type { Environment } from './environment.ts';
import type { Stage } from './stage.ts';

/** What the demo reads of `plumb status -o json`. */
export type StatusRecord = {
  readonly cluster: string;
  readonly pin: { readonly snapshot: string } | null;
  readonly refused: readonly { readonly sources: readonly { readonly revision: string }[] }[];
};

/** Asks plumb itself. */
export async function readStatus({ plumb }: Stage, { application }: Environment): Promise<StatusRecord> {
  const { stdout, stderr } = await plumb.run('status', application, '-o', 'json');
  if (stdout.trim() === '') throw new Error(`plumb status ${application} -o json printed nothing; it said\n${stderr}`);
  return JSON.parse(stdout) as StatusRecord;
}
