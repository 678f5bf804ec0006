import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** A fenced block of a page. */
export type DocBlock = { readonly language: string; readonly text: string };

/** What is below one heading: the lines to type, in order, and the outputs that are shown beside them. */
export type DocSection = { readonly commands: readonly string[]; readonly outputs: readonly string[] };

/** Every page that a person reads, as paths from the root of the project. */
export const docPages: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join('docs', name)),
];

/** The blocks of a page in order. */
export function blocksOf(page: string): readonly DocBlock[] {
  return blocksIn(readFileSync(join(root, page), 'utf8'));
}

/** The sections of a page that show commands. */
export function sectionsOf(page: string): readonly DocSection[] {
  return readFileSync(join(root, page), 'utf8')
    .split(/^#+ /m)
    .map(blocksIn)
    .map((blocks) => ({
      commands: blocks.filter(({ language }) => language === 'console').flatMap(({ text }) => commandsIn(text)),
      outputs: blocks.filter(({ language }) => language === 'text' || language === 'diff').map(({ text }) => text),
    }))
    .filter(({ commands }) => commands.length > 0);
}

function blocksIn(text: string): readonly DocBlock[] {
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({
    language,
    text: body,
  }));
}

function commandsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .map((line) => line.slice(2));
}
