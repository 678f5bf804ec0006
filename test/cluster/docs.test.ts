import { chmod } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parseManifests } from '../../shared/model/yaml.ts';
import { blocksOf, docPages, sectionsOf } from '../support/docs/doc-page.ts';
import type { DocsBed, Ran } from '../support/docs/docs-bed.ts';
import { serveCharts } from '../support/docs/docs-charts.ts';
import { openDocsWorld, type Situation } from '../support/docs/docs-world.ts';
import { isSecretManifest } from '../support/docs/read-secret-manifest.ts';
import { configMap } from '../support/manifests.ts';

let bed: DocsBed | undefined;
afterEach(async () => {
  await bed?.close();
  bed = undefined;
});

/** What a page takes for granted, where that is not one push that has not been synced yet. */
const situations: { readonly [page: string]: Situation } = {
  'README.md': 'pushed among many',
  'docs/commands/adopt.md': 'state lost',
  'docs/commands/completion.md': 'declared',
  'docs/commands/diff.md': 'changed by hand',
  'docs/commands/doctor.md': 'without rights',
  'docs/commands/history.md': 'rolling out',
  'docs/commands/list.md': 'payments changed by hand',
  'docs/commands/restore.md': 'emptied',
  'docs/commands/rollback.md': 'two revisions synced',
  'docs/commands/secrets.md': 'with secrets',
  'docs/commands/serve.md': 'declared',
  'docs/commands/status.md': 'rolling out',
  'docs/commands/sync.md': 'pushed among many',
  'docs/commands/unpin.md': 'rolled back',
  'docs/commands/version.md': 'declared',
  'docs/disaster-recovery.md': 'emptied',
  'docs/kinds/sealed-secret.md': 'with secrets',
  'docs/rollback.md': 'two revisions synced',
  'docs/secrets.md': 'with secrets',
  'docs/snapshots.md': 'rolling out',
};

const notRun: { readonly [line: string]: string } = {
  'npm start': 'the story of test/demo; it is a test of its own',
  'npm test': 'this is a part of it',
  'plumb doctor --aws --store s3://acme-plumbline/prod': 'test/contract/cli/installation.test.ts does it',
  'plumb doctor --store s3://acme-plumbline/prod': 'test/cluster/s3-store.test.ts does it, in a bucket of an emulator',
  "plumb history shop --store 's3://acme-plumbline/prod?region=eu-west-1'": 'the same',
  'plumb list --store s3://acme-plumbline/prod': 'the same as of plumb doctor --aws',
  'plumb sync shop --wait --store s3://acme-plumbline/prod': 'the same',
  'plumb sync shop payments --wait --timeout 10m --store s3://acme-plumbline/prod': 'the same',
  'plumb tail --store s3://acme-plumbline/prod': 'the same',
  'plumb tail shop payments --store s3://acme-plumbline/prod': 'the same',
};

/** The exit code of a line that does not end with 0, as docs/commands/plumb.md says. */
const endings: readonly { readonly line: RegExp; readonly page?: string; readonly exitCode: number }[] = [
  { line: /^(plumb|npm run --silent plumb --) diff/, exitCode: 1 },
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

/** Without jq or kubectl on the machine, what stands before the pipe is run. A pipe in quotes is none. */
async function runnable(world: DocsBed, line: string): Promise<string> {
  const [command = '', ...rest] = line.split(/ \| (?=(?:[^']*'[^']*')*[^']*$)/);
  const programs = rest.map((part) => part.split(' ')[0]).join(' ');
  const found =
    rest.length === 0 || (await world.run(`for each in ${programs}; do command -v $each; done`)).exitCode === 0;
  return found ? line : command;
}

const yamlBlocks = docPages.flatMap((page) =>
  blocksOf(page)
    .filter(({ language }) => language === 'yaml')
    .map(({ text }, index) => ({ page, index, text, kind: /^kind: (.*)$/m.exec(text)?.[1] })),
);
const ofKind = (kind: string): typeof yamlBlocks => yamlBlocks.filter((block) => block.kind === kind);
const shop = (): string => ofKind('Application').find(({ page }) => page === 'README.md')?.text ?? '';
const rendered = ({ out }: Ran): readonly object[] => (JSON.parse(out) as { readonly items: readonly object[] }).items;

describe('the documentation on a real cluster', () => {
  const pages = docPages.filter((page) => sectionsOf(page).length > 0);

  it.each(pages)('does what the page says for each command of %s', async (page) => {
    bed = await openDocsWorld(situations[page] ?? 'pushed');
    for (const { commands, outputs } of sectionsOf(page)) {
      const printed: string[] = [];
      for (const documented of commands.filter((each) => notRun[wordsOf(each)] === undefined)) {
        const line = await runnable(bed, documented);
        const ran = await run(bed, line);
        expectExit(line, ran, expectedExit(page, line));
        printed.push(bed.document(ran.out));
      }
      for (const output of outputs.map(bed.document)) {
        const match = printed.find((each) => shows(each, output));
        expect(match ?? printed.join('\n── or ──\n')).toBe(match ?? output);
      }
    }
  });

  it('shows no command that is not run, but for those that have a reason', () => {
    const lines = docPages.flatMap(sectionsOf).flatMap(({ commands }) => commands);
    const cannotRun = (line: string): boolean => !/\bplumb\b|^gunzip /.test(line) || line.includes('s3://');
    expect(lines.map(wordsOf).filter(cannotRun)).toEqual(Object.keys(notRun));
  });

  it.each(ofKind('Application'))('renders the Application of $page ($index)', async ({ text }) => {
    bed = await openDocsWorld('declared');
    const charts = await serveCharts(bed);
    try {
      const name = /^ {2}name: (.*)$/m.exec(text)?.[1];
      await bed.write('example.yaml', bed.localize(text).replace('https://charts.example/stable', charts.url));
      const ran = await bed.run(`plumb render ${name} -f example.yaml -o json`);
      expectExit('plumb render', ran, 0);
      expect(rendered(ran)).not.toEqual([]);
    } finally {
      await charts.close();
    }
  });

  it.each(ofKind('AppProject'))('lets in what the AppProject of $page allows, and nothing else', async ({ text }) => {
    bed = await openDocsWorld('declared');
    const member = bed.localize(shop()).replace('spec:\n', 'spec:\n  project: shop\n');
    await bed.write('allowed.yaml', `${bed.localize(text)}---\n${member}`);
    const allowed = await bed.run('plumb render shop -f allowed.yaml -o json');
    expectExit('plumb render', allowed, 0);
    expect(rendered(allowed)).not.toEqual([]);
    await bed.write('denied.yaml', `${bed.localize(text)}---\n${member.replace('/shop.git', '/shop-legacy.git')}`);
    const denied = await bed.run('plumb render shop -f denied.yaml -o json');
    expect(denied).toMatchObject({ exitCode: 2, err: expect.stringContaining('"code":"project-forbids"') });
  });

  it('has no example of another kind', () => {
    const others = yamlBlocks.filter(({ kind }) => kind !== 'Application' && kind !== 'AppProject');
    // Those are read, each, by test/unit/docs.test.ts.
    const secrets = others.filter(({ text }) => parseManifests(text, 'page').every(isSecretManifest));
    expect(others).toEqual(secrets);
  });

  it('reads the file of credentials that docs/commands/plumb.md shows, and fails without as it says', async () => {
    bed = await openDocsWorld('declared');
    const users = { 'deploy-bot': 's3cr3t-t0ken' };
    await bed.git.createRepository('team/private', { 'overlays/prod/a.yaml': configMap('a') }, { users });
    await bed.write('example.yaml', bed.localize(shop().replace('/shop.git', '/team/private.git')));
    const blocks = blocksOf('docs/commands/plumb.md');
    const find = (language: string): string => blocks.find((block) => block.language === language)?.text ?? '';

    const locked = await bed.run('plumb render shop -f example.yaml -o json');
    expect(locked.exitCode).toBe(2);
    const [said, shown] = [JSON.parse(locked.err), JSON.parse(find('json'))] as readonly Record<string, unknown>[];
    expect(Object.keys(said ?? {})).toEqual(Object.keys(shown ?? {}));
    expect(said).toMatchObject({ level: shown?.['level'], code: shown?.['code'] });

    await chmod(await bed.write('credentials', bed.localize(find('text'))), 0o600);
    expectExit('plumb render', await bed.run('plumb render shop -f example.yaml --git-credentials credentials'), 0);
  });
});
