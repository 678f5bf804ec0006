import { parseArgs } from 'node:util';

export type DemoOptions = {
  /** Where the report goes as JSON. */
  readonly report?: string;
  /** True: everything stays up after the last step until Ctrl-C. */
  readonly keep: boolean;
  readonly help: boolean;
};

/** What `npm start -- …` understands; anything else is an error that says so. */
export function parseDemoOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      report: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return { keep: values.keep, help: values.help, ...(values.report === undefined ? {} : { report: values.report }) };
}

export const demoUsage = `Usage: npm start -- [--report FILE] [--keep]

Runs examples/kotaemon on a real Kubernetes control plane and a Git server of its own, and checks each step.

  --report FILE   write the steps as JSON: [{step, ok, ms, checks: [{what, ok, detail}]}]
  --keep          leave everything running after the last step, and say how to use it; Ctrl-C ends it
`;
