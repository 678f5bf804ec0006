import pc from 'picocolors';
import { formatElapsed } from '../../cli/duration.ts';
import type { Check, StepResult } from './step.ts';

/** Tells the story, line by line: the same text on a terminal and in a log, with colours where they are seen. */
export type Narrator = {
  readonly openStep: (number: number, title: string) => void;
  /** One sentence about what happens. */
  readonly tell: (sentence: string) => void;
  /** A command that was run, and what it printed. */
  readonly show: (command: string, output?: string) => void;
  /** Something that took time. */
  readonly clock: (ms: number, what: string) => void;
  /** What the reader can see for themselves. */
  readonly point: (what: string) => void;
  readonly closeStep: (result: StepResult) => void;
};

/** A narrator that writes whole lines, and never two empty ones in a row. */
export function createNarrator(write: (text: string) => void): Narrator {
  let afterGap = true;
  const line = (text: string): void => {
    write(`${text}\n`);
    afterGap = false;
  };
  const gap = (): void => {
    if (!afterGap) write('\n');
    afterGap = true;
  };
  return {
    openStep: (number, title) => {
      gap();
      line(pc.bold(pc.cyan(`${number}  ${title}`)));
      gap();
    },
    tell: (sentence) => line(`   ${sentence}`),
    show: (command, output = '') => {
      gap();
      line(`   ${pc.bold(`$ ${command}`)}`);
      if (output.trim() === '') return;
      line(indent(output.trim()));
      gap();
    },
    clock: (ms, what) => line(`   ${pc.yellow(formatElapsed(ms).padStart(6))}  ${what}`),
    point: (what) => {
      gap();
      line(`   ${pc.bold('look at')}  ${what}`);
    },
    closeStep: ({ checks, ms }) => {
      gap();
      for (const check of checks) line(toCheckLine(check));
      gap();
      line(`   ${formatElapsed(ms)} for this step`);
    },
  };
}

function toCheckLine({ what, ok, detail }: Check): string {
  const mark = ok ? pc.green('✔') : pc.red('✘');
  return `   ${mark} ${what}${detail === '' ? '' : pc.dim(`: ${detail.replaceAll('\n', '\n       ')}`)}`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((each) => `     ${each}`.trimEnd())
    .join('\n');
}
