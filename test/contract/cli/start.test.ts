import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const main = join(import.meta.dirname, '../../../cli/main.ts');

let folder = '';
let env: NodeJS.ProcessEnv = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-test-'));
  env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, PLUMB_STORE: join(folder, 'store') };
});
afterAll(() => rm(folder, { recursive: true }));

const tellLoaded = `import { registerHooks } from 'node:module';
registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });`;

/** The files that Node.js loads for a command line. */
async function loadedBy(...words: readonly string[]): Promise<readonly string[]> {
  const hooks = `data:text/javascript,${encodeURIComponent(tellLoaded)}`;
  const { stderr } = await run(process.execPath, ['--import', hooks, main, ...words], { env });
  return stderr.split('\n').filter((line) => line.startsWith('file:'));
}

describe('a start of plumb', () => {
  it.each(['--help', 'list', 'version'])('with %s loads little, and no library that is slow to load', async (word) => {
    const loaded = await loadedBy(word);
    expect(loaded.some((file) => file.endsWith('/cli/program.ts'))).toBe(true);
    expect(
      loaded.filter((file) =>
        /undici|isomorphic-git|@kubernetes|@aws-sdk|zod|adapters\/(git|kubernetes|aws)/.test(file),
      ),
    ).toEqual([]);
    expect(loaded.length).toBeLessThan(130);
  });

  it('leaves no scratch folder behind, nor when it is interrupted', async () => {
    const child = spawn(process.execPath, [main, 'serve', '-f', main.replace('main.ts', 'commands')], { env });
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect((await readdir(folder)).filter((name) => name.startsWith('plumb-'))).toEqual([]);
  });

  it('ends quietly when nobody reads on, with the exit code that kubectl has then', async () => {
    const child = spawn('bash', ['-c', `"${process.execPath}" "${main}" --help | true; echo "\${PIPESTATUS[0]}"`], {
      env,
    });
    const [out, err] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
    expect(out.join('')).toBe('141\n');
    expect(err.join('')).toBe('');
  });
});
