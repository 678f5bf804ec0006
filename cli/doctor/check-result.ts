import type { Colours } from '../output/colours.ts';
import { toRecord } from '../output/failure.ts';

/** Something to look at: `run` says what was found, or throws why it will not do. */
export type Check = { readonly what: string; readonly run: () => Promise<string> };

export type CheckResult = {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly hint?: string;
};

/** Never throws: a failure is a result. */
export async function runCheck({ what, run }: Check): Promise<CheckResult> {
  try {
    return { check: what, ok: true, detail: await run() };
  } catch (error) {
    const { message, causes, hint } = toRecord(error);
    return {
      check: what,
      ok: false,
      detail: [message, ...causes.map((cause) => `cause: ${cause}`)].join('\n'),
      ...(hint === undefined ? {} : { hint }),
    };
  }
}

/** One line a check, and what to do below it when it failed. */
export function formatCheck({ check, ok, detail, hint }: CheckResult, colours: Colours): string {
  const mark = ok ? colours.green('✓') : colours.red('✗');
  const advice = ok || hint === undefined ? '' : `    ${colours.cyan('try:')} ${hint}\n`;
  return `${mark} ${colours.bold(check)}: ${detail.replaceAll('\n', '\n    ')}\n${advice}`;
}
