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

/** A narrator that writes whole lines. */
export function createNarrator(write: (text: string) => void): Narrator {
  const line = (text: string): void => write(`${text}\n`);
  return {
    openStep: (number, title) => line(`\n${pc.bold(pc.cyan(`${number}  ${title}`))}\n`),
    tell: (sentence) => line(`   ${sentence}`),
    show: (command, output = '') => {
      line(`\n   ${pc.bold(`$ ${command}`)}`);
      if (output.trim() !== '') line(`${indent(output.trimEnd())}\n`);
    },
    clock: (ms, what) => line(`   ${pc.yellow(formatElapsed(ms).padStart(6))}  ${what}`),
    point: (what) => line(`\n   ${pc.dim('look at')}  ${what}`),
    closeStep: ({ checks }) => {
      line('');
      for (const check of checks) line(toCheckLine(check));
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
