import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ShellName, shells } from '../../../cli/completion/scripts.ts';
import { runPlumb } from '../../../cli/run-plumb.ts';
import { createTestShell } from '../../unit/cli/test-shell.ts';

const run = promisify(execFile);

async function scriptFor(name: ShellName): Promise<string> {
  const shell = createTestShell();
  expect(await runPlumb(['completion', name], shell)).toBe(0);
  return shell.out();
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-test-'));
  await writeFile(join(folder, 'script.bash'), await scriptFor('bash'));
  await writeFile(join(folder, 'plumb'), '#!/bin/sh\nprintf "NAME PROJECT\\nshop default\\npay default\\n"\n');
  await chmod(join(folder, 'plumb'), 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

/** What a real bash offers for a line whose last word is unfinished. */
async function completeInBash(line: string): Promise<readonly string[]> {
  const words = line.split(' ');
  const program = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _plumb; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { PATH: `${folder}${delimiter}${process.env['PATH']}` };
  const { stdout } = await run('bash', ['-c', program, join(folder, 'script.bash'), ...words], { env, cwd: folder });
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion in bash', () => {
  it.each([
    ['plumb s', ['sync', 'status', 'secrets', 'serve']],
    ['plumb secrets re', ['refresh', 're-encrypt']],
    ['plumb secrets seal --sc', ['--scope']],
    ['plumb sync sh', ['shop']],
    ['plumb -o json diff ', ['shop', 'pay']],
    ['plumb sync --appr', ['--approve-prune']],
    ['plumb diff -o ', ['table', 'json', 'yaml']],
    ['plumb completion ', ['bash', 'zsh', 'fish']],
    ['plumb list --kubeconfig scr', ['script.bash']],
    ['plumb diff --revision ', []],
  ])('offers for "%s" %j', async (line, words) => {
    expect(await completeInBash(line)).toEqual(words);
  });
});

describe('completion scripts', () => {
  it.each(shells)('of %s know every command, option and choice', async (name) => {
    const script = await scriptFor(name);
    for (const word of [
      'render',
      'diff',
      'sync',
      'serve',
      'approve-prune',
      'poll-interval',
      'git-credentials',
      'table json yaml',
    ]) {
      expect(script).toContain(word);
    }
  });

  it('refuses a shell that it does not know', async () => {
    const shell = createTestShell();
    expect(await runPlumb(['completion', 'tcsh'], shell)).toBe(2);
    expect(shell.err()).toContain('Allowed choices are bash, zsh, fish.');
  });
});
