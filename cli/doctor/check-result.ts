import type { Colours } from '../output/colours.ts';
import { toRecord } from '../output/failure.ts';

/** Something to look at: `run` says what was found, or throws why it will not do. */
export type Check = { readonly what: string; readonly run: () => Promise<string> };

export type CheckResult = {
  readonly check: string;
  /** True also where it could not be looked. */
  readonly ok: boolean;
  /** Present where whoever asks may not look. */
  readonly checked?: false;
  readonly detail: string;
  readonly hint?: string;
};

/** What a check throws that whoever asks may not make: that says nothing of what was to be checked. */
export class NotChecked extends Error {
  /** `needs`: a right, or whatever else it takes. */
  constructor(needs: string) {
    super(`not checked: needs ${needs}`);
  }
}

/** Never throws: a failure is a result. */
export async function runCheck({ what, run }: Check): Promise<CheckResult> {
  try {
    return { check: what, ok: true, detail: await run() };
  } catch (error) {
    if (error instanceof NotChecked) return { check: what, ok: true, checked: false, detail: error.message };
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
export function formatCheck({ check, ok, checked, detail, hint }: CheckResult, colours: Colours): string {
  const mark = checked === false ? colours.dim('–') : ok ? colours.green('✓') : colours.red('✗');
  const advice = ok || hint === undefined ? '' : `    ${colours.cyan('try:')} ${hint}\n`;
  return `${mark} ${colours.bold(check)}: ${detail.replaceAll('\n', '\n    ')}\n${advice}`;
}
