import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Command, CommanderError } from 'commander';
import { createProgram } from '../../cli/program.ts';
import { parseManifests, parseYaml } from '../../shared/model/yaml.ts';
import { declare } from '../../shared/registry/declare.ts';
import { parseSecretsConfig } from '../../shared/secrets/config/parse-config.ts';
import { isSecretManifest, readSecretManifest } from '../support/docs/read-secret-manifest.ts';

const root = join(import.meta.dirname, '../..');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

type Block = { readonly page: string; readonly language: string; readonly text: string };
const blocks: readonly Block[] = pages.flatMap((page) =>
  [...read(page).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    page,
    language,
    text,
  })),
);
const inLanguage = (language: string): readonly Block[] => blocks.filter((block) => block.language === language);

/** The words of the `plumb` in a line of a shell, up to a pipe, redirection or comment. */
function wordsOf(line: string): readonly string[] {
  const [, rest = ''] = /(?:npm run --silent plumb --|\bplumb) (.*)$/.exec(line) ?? [];
  const words = rest.match(/'[^']*'|[^\s')]+/g) ?? [];
  const end = words.findIndex((word) => ['|', '>', '<', '#'].includes(word));
  return words.slice(0, end === -1 ? words.length : end).map((word) => word.replaceAll("'", ''));
}

const commandLines = inLanguage('console').flatMap(({ page, text }) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('$ ') && /\bplumb\b/.test(line))
    .map((line) => ({ page, line })),
);

const withInner = (command: Command): readonly Command[] => [command, ...command.commands];

const helpLines = createProgram(() => async () => {})
  .commands.flatMap(withInner)
  .flatMap((command) => {
    const written: string[] = [];
    command.configureOutput({ writeOut: (text) => void written.push(text) }).outputHelp();
    return [...written.join('').matchAll(/^ {2}(\$ .*)$/gm)].map(([, line = '']) => ({
      page: `plumb ${command.name()} --help`,
      line,
    }));
  });

function createQuietProgram(): Command {
  const program = createProgram(() => async () => {});
  for (const command of [program, ...program.commands.flatMap(withInner)])
    command.exitOverride().configureOutput({ outputError: () => {} });
  return program;
}

describe('the documentation', () => {
  it.each([...commandLines, ...helpLines])('shows a command that plumb knows, in $page: $line', async ({ line }) => {
    const words = wordsOf(line);
    expect(words.length).toBeGreaterThan(0);
    await createQuietProgram()
      .parseAsync([...words], { from: 'user' })
      .catch((error: unknown) => {
        throw error instanceof CommanderError ? new Error(error.message) : error;
      });
  });

  it('notices a command that plumb does not know', async () => {
    await expect(createQuietProgram().parseAsync(['sync', '--nonsense'], { from: 'user' })).rejects.toThrow(
      '--nonsense',
    );
    expect(wordsOf("$ plumb list -o json | jq '.[]'")).toEqual(['list', '-o', 'json']);
    expect(wordsOf('$ source <(plumb completion bash)')).toEqual(['completion', 'bash']);
  });

  it.each(inLanguage('yaml').map((block, index) => ({ ...block, index })))(
    'shows manifests that are usable as they are, in $page ($index)',
    ({ page, text }) => {
      const { secrets = [], others = [] } = Object.groupBy(parseManifests(text, page), (manifest) =>
        isSecretManifest(manifest) ? 'secrets' : 'others',
      );
      for (const manifest of secrets) readSecretManifest(manifest);
      const declared = declare(others.map((manifest) => ({ manifest, origin: page })));
      const { rejected, warnings } = declared;
      // An example may name a project that another page declares.
      expect(rejected.map(({ error }) => error.message)).toEqual([]);
      expect(warnings).toEqual([]);
    },
  );

  it.each(inLanguage('yml'))(
    "shows configurations of the operator's that are usable as they are, in $page",
    ({ page, text }) => {
      expect(parseSecretsConfig(parseYaml(text, page), page)).toMatchObject({ mode: 'auto' });
    },
  );

  it.each(inLanguage('json'))('shows JSON that can be read, in $page', ({ text }) => {
    expect(() => JSON.parse(text)).not.toThrow();
  });

  const program = createQuietProgram();

  it('has a page for each command, and the overview links to it', () => {
    const names = program.commands.map((command) => command.name());
    expect(readdirSync(join(root, 'docs/commands')).sort()).toEqual(
      [...names, 'plumb'].map((name) => `${name}.md`).sort(),
    );
    for (const name of names) expect(read('docs/commands/plumb.md')).toContain(`(${name}.md)`);
  });

  it.each([program, ...program.commands].map((command) => ({ name: command.name(), command })))(
    'names every option of $name, and none that it does not have',
    ({ name, command }) => {
      const page = read(`docs/commands/${name}.md`);
      const rows = page.split('\n').filter((line) => /^\| `--?[a-z]/.test(line));
      const written = rows.flatMap((row) => (row.split('|')[1] ?? '').match(/--[a-z-]+/g) ?? []);
      const known = (command === program ? [command] : withInner(command))
        .flatMap(({ options }) => options)
        .map(({ long }) => long ?? '')
        .filter((long) => long !== '--version');
      expect(written.sort()).toEqual([...known].sort());
    },
  );

  it('explains every error code', () => {
    const union = /export type ErrorCode =([\s\S]*?);/.exec(read('shared/errors.ts'))?.[1] ?? '';
    const codes = [...union.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code);
    const explained = [...read('docs/errors.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
    expect(explained).toEqual([...codes, 'unexpected']);
  });

  it.each(pages)('has no dead link in %s', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#:]+?)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    for (const link of links) expect(() => read(join(page, '..', link))).not.toThrow();
  });
});
