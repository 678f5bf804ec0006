import { readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isGroupAlive } from '../../support/end-groups.ts';
import { eventually } from '../../support/eventually.ts';
import { type EnterProject, makeEnterProject } from './enter-project.ts';

let project: EnterProject;
beforeEach(async () => {
  project = await makeEnterProject();
});
afterEach(() => project.end());

const quiet = { code: 0, stderr: '' };
const callsOfNpm = (): readonly string[] => project.lines('npm-calls');
const groupOfNpm = async (): Promise<number> =>
  Number(await eventually('npm has started', () => project.lines('npm-group').at(-1)));

describe('The entry', () => {
  it('installs missing dependencies first, without running their scripts, and says so on standard error only', async () => {
    const run = await project.enter(['a', '--b=c d']).ended;
    expect(run).toMatchObject({ code: 0, stdout: '["a","--b=c d"]\n' });
    expect(run.stderr).toMatch(/^Installing dependencies \(about 40 s\) …\nnpm is at work\n(Installed .*\n)?$/);
    expect(callsOfNpm()).toHaveLength(1);
    expect(callsOfNpm()[0]).toMatch(/^ci --ignore-scripts /);
  });

  it('is quiet and runs no npm when there is nothing to do', async () => {
    await project.install();
    expect(await project.enter([]).ended).toEqual({ ...quiet, stdout: '[]\n' });
    expect(callsOfNpm()).toEqual([]);
  });

  it.each([
    ['another version of a package', { 'node_modules/left-pad': { version: '0.9.0' } }],
    ['a package that is not there yet', {}],
  ])('installs again when the lock file now names %s', async (_what, installed) => {
    await project.install(installed);
    expect(await project.enter([]).ended).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(callsOfNpm()).toHaveLength(1);
    expect(await project.enter([]).ended).toMatchObject(quiet);
  });

  it('ends npm and all that it started when it is killed itself, and installs again next time', async () => {
    await project.write('npm-waits', '');
    const first = project.enter([]);
    const group = await groupOfNpm();
    first.process.kill('SIGKILL');
    await eventually('npm has ended', () => !isGroupAlive(group));
    await rm(join(project.folder, 'npm-waits'));
    expect(await project.enter([]).ended).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(callsOfNpm()).toHaveLength(2);
  });

  it('installs once when two start at once: the other waits and says for whom', async () => {
    await project.write('npm-waits', '');
    const runs = [project.enter(['one']), project.enter(['two'])];
    const holder = await eventually('one waits for the other', () =>
      runs.map(({ said }) => /Waiting for process (\d+), which is installing/.exec(said())?.[1]).find(Boolean),
    );
    expect(runs.map(({ process }) => process.pid)).toContain(Number(holder));
    await rm(join(project.folder, 'npm-waits'));
    const ended = await Promise.all(runs.map((run) => run.ended));
    expect(ended.map(({ code, stdout }) => [code, stdout])).toEqual([
      [0, '["one"]\n'],
      [0, '["two"]\n'],
    ]);
    expect(callsOfNpm()).toHaveLength(1);
  });

  it('ends with what to do when npm fails, and runs nothing', async () => {
    await project.write('npm-fails', '');
    const run = await project.enter([]).ended;
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(
      `npm ci ended with 3; what it said is above. Try again, or run npm ci in ${project.folder}`,
    );
  });
});

describe.each([
  ['new enough', {}],
  ['too old', { old: true }],
])('On a Node that is %s, the entry', (_age, options) => {
  beforeEach(() => project.install());

  it('passes arguments, output and the exit code on', async () => {
    await project.write('main.ts', "process.stdout.write(process.argv[2] ?? ''); process.exitCode = 42 as number;");
    expect(await project.enter(['said'], options).ended).toEqual({ code: 42, stdout: 'said', stderr: '' });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('passes %s on, once', async (signal) => {
    await project.write(
      'main.ts',
      `process.on('${signal}', () => { process.stdout.write('asked\\n'); setImmediate(() => process.exit(7)); });
       setInterval(() => {}, 1000);
       process.stdout.write('ready\\n');`,
    );
    const run = project.enter([], options);
    await eventually('it is ready', () => run.said().includes('ready'));
    run.process.kill(signal);
    expect(await run.ended).toEqual({ code: 7, stdout: 'ready\nasked\n', stderr: '' });
  });
});

describe('On a Node that is too old, the entry', () => {
  it('runs the program on the Node among the dependencies', async () => {
    await project.install();
    expect(await project.enter(['x'], { old: true }).ended).toEqual({ ...quiet, stdout: '["x"]\n' });
    expect(project.lines('newer-node-runs')).toHaveLength(1);
    expect(await project.enter(['x']).ended).toEqual({ ...quiet, stdout: '["x"]\n' });
    expect(project.lines('newer-node-runs')).toHaveLength(1);
  });

  it('ends as the program did when a signal ended that', async () => {
    await project.install();
    await project.write('main.ts', "process.kill(process.pid, 'SIGKILL');");
    expect(await project.enter([], { old: true }).ended).toMatchObject({ code: 128 + constants.signals.SIGKILL });
  });

  it('does not leave the program behind when it is killed', async () => {
    await project.install();
    await project.write('main.ts', 'process.stdout.write(`${process.pid}\\n`); setInterval(() => {}, 1000);');
    const run = project.enter([], { old: true });
    await eventually('it is ready', () => /^\d+\n/.test(run.said()));
    run.process.kill('SIGKILL');
    // Its standard output closes when the last process that holds it has ended.
    expect(await run.ended).toMatchObject({ code: null });
  });

  it('says what is missing when there is no newer one for the platform', async () => {
    await project.install();
    await rm(project.newerNode);
    const { code, stderr } = await project.enter([], { old: true }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Plumbline needs Node 24; this is v20\.1\.0, and it has none for .*: install one and try again\.\n$/,
    );
  });
});

describe('The plumb command', () => {
  it('runs cli/main.ts in the same way', async () => {
    await project.write('cli/main.ts', await readFile(join(project.folder, 'main.ts'), 'utf8'));
    expect(await project.enter(['diff', 'shop'], { plumb: true }).ended).toMatchObject({
      code: 0,
      stdout: '["diff","shop"]\n',
    });
    expect(callsOfNpm()).toHaveLength(1);
  });
});
