import { afterEach, describe, expect, it } from '@jest/globals';
import { docPages, sectionsOf } from '../support/docs/doc-page.ts';
import type { DocsBed, Ran } from '../support/docs/docs-bed.ts';
import { openDocsWorld, type Situation } from '../support/docs/docs-world.ts';

let bed: DocsBed | undefined;
afterEach(async () => {
  await bed?.close();
  bed = undefined;
});

/** What a page takes for granted, where that is not one push that has not been synced yet. */
const situations: { readonly [page: string]: Situation } = {
  'README.md': 'pushed among many',
  'docs/commands/completion.md': 'declared',
  'docs/commands/diff.md': 'changed by hand',
  'docs/commands/doctor.md': 'without rights',
  'docs/commands/list.md': 'payments changed by hand',
  'docs/commands/serve.md': 'declared',
  'docs/commands/status.md': 'rolling out',
  'docs/commands/sync.md': 'pushed among many',
  'docs/commands/version.md': 'declared',
};

const notRun: { readonly [line: string]: string } = {
  'npm start': 'the story of test/demo; it is a test of its own',
  'npm test': 'this is a part of it',
};

/** The exit code of a line that does not end with 0, as docs/commands/plumb.md says. */
const endings: readonly { readonly line: RegExp; readonly page?: string; readonly exitCode: number }[] = [
  { line: /^(plumb|npm run plumb --) diff/, exitCode: 1 },
  { line: /\| kubectl diff/, exitCode: 1 },
  { line: /^plumb doctor -f/, page: 'docs/commands/doctor.md', exitCode: 1 },
];

const wordsOf = (line: string): string => line.replace(/ +#.*/, '');
const expectedExit = (page: string, line: string): number =>
  endings.find((ending) => ending.line.test(line) && (ending.page ?? page) === page)?.exitCode ?? 0;

function run(world: DocsBed, line: string): Promise<Ran> {
  const local = world.localize(line);
  return / serve /.test(line) ? world.runUntilFirstLine(local) : world.run(local);
}

/** What was printed is in the failure's message. */
function expectExit(line: string, { exitCode, out, err }: Ran, expected: number): void {
  if (exitCode !== expected) throw new Error(`${line} ended with ${exitCode} instead of ${expected}:\n${out}${err}`);
}

/** An ellipsis in the documentation stands for anything. */
function shows(printed: string, documented: string): boolean {
  const parts = documented.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(printed);
}

describe('the documentation on a real cluster', () => {
  const pages = docPages.filter((page) => sectionsOf(page).length > 0);

  it.each(pages)('%s: each example does what the page says', async (page) => {
    bed = await openDocsWorld(situations[page] ?? 'pushed');
    for (const { commands, outputs } of sectionsOf(page)) {
      const printed: string[] = [];
      for (const line of commands.filter((each) => notRun[wordsOf(each)] === undefined)) {
        const t0 = Date.now();
        const ran = await run(bed, line);
        process.stderr.write(`${Date.now() - t0} ${line}\n`);
        expectExit(line, ran, expectedExit(page, line));
        printed.push(bed.document(ran.out));
      }
      for (const output of outputs) {
        const documented = (bed as DocsBed).document(output);
        const match = printed.find((each) => shows(each, documented));
        expect(match ?? printed.join('\n── or ──\n')).toBe(match ?? documented);
      }
    }
  });
});
