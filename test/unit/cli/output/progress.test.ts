import { describe, expect, it } from '@jest/globals';
import { coloursFor } from '../../../../cli/output/colours.ts';
import { createProgressView } from '../../../../cli/output/create-progress-view.ts';
import { JsonProgress } from '../../../../cli/output/json-progress.ts';
import { LiveProgress, type LiveState, liveLines, nextState } from '../../../../cli/output/live-progress.ts';
import { NewsOnly } from '../../../../cli/output/news-only.ts';
import { PlainProgress } from '../../../../cli/output/plain-progress.ts';
import { ServeLog } from '../../../../cli/output/serve-log.ts';
import type { Progress } from '../../../../shared/ports.ts';
import { aRef, aResult } from '../examples.ts';
import { createTestShell } from '../test-shell.ts';

const plain = coloursFor({}, false);
const style = { quiet: false, verbose: false, out: plain, err: plain };
const step: Progress = { type: 'step', application: 'shop', step: 'render', detail: '3f2a1bc' };
const wave: Progress = { type: 'wave', application: 'shop', index: 0, count: 2, wave: -1, objects: 1 };
const waiting = (message: string): Progress => ({
  type: 'waiting',
  application: 'shop',
  objects: [{ ref: aRef('Deployment', 'web', 'apps'), code: 'Progressing', message }],
});
const object = (action: 'created' | 'unchanged' | 'failed'): Progress => ({
  type: 'object',
  application: 'shop',
  result: aResult(action, 'prompts'),
});
const warning: Progress = { type: 'notice', level: 'warning', application: 'shop', message: 'careful' };

describe('progress in a log', () => {
  it('is a line an event on stderr, and results on stdout', () => {
    const shell = createTestShell();
    const progress = new PlainProgress(shell, style);
    for (const each of [step, wave, waiting('1 of 3 replicas updated'), object('created'), warning])
      progress.report(each);
    expect(shell.err()).toBe(
      'shop: rendering 3f2a1bc\nshop: wave 1 of 2 (sync-wave -1): 1 object\n' +
        'shop: waiting for Deployment shop/web: 1 of 3 replicas updated\nshop: warning: careful\n',
    );
    expect(shell.out()).toBe('configmap/prompts created\n');
  });

  it('does not repeat a line that says nothing new', () => {
    const shell = createTestShell();
    const progress = new PlainProgress(shell, style);
    for (const message of ['1 of 3', '1 of 3', '2 of 3', '2 of 3']) progress.report(waiting(message));
    expect(shell.err().match(/waiting/g)).toHaveLength(2);
  });

  it('shows unchanged objects only when asked, and says of which application when there are several', () => {
    const shell = createTestShell();
    new PlainProgress(shell, style).report(object('unchanged'));
    expect(shell.out()).toBe('');
    const progress = new PlainProgress(shell, { ...style, verbose: true });
    progress.nameApplications();
    progress.report(object('unchanged'));
    expect(shell.out()).toBe('shop: configmap/prompts unchanged\n');
  });

  it('names an application that is worked on beside the one that was asked for', () => {
    const shell = createTestShell();
    const progress = new PlainProgress(shell, style);
    for (const application of ['root', 'shop', 'root']) progress.report({ ...object('created'), application });
    expect(shell.out()).toBe('configmap/prompts created\nshop: configmap/prompts created\nconfigmap/prompts created\n');
  });

  it('keeps quiet but for warnings and failures when asked', () => {
    const shell = createTestShell();
    const progress = new PlainProgress(shell, { ...style, quiet: true });
    for (const each of [step, wave, waiting('x'), object('created'), object('failed'), warning]) progress.report(each);
    expect(shell.err()).toBe('shop: warning: careful\n');
    expect(shell.out()).toMatch(/^configmap\/prompts failed/);
  });
});

describe('progress for programs', () => {
  it('is warnings and errors as one JSON object a line, each once', () => {
    const shell = createTestShell();
    const progress = new JsonProgress(shell, { verbose: false });
    for (const each of [step, warning, warning]) progress.report(each);
    expect(
      shell
        .err()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([warning]);
  });
});

describe('progress on a terminal', () => {
  it('is chosen only where lines can move', () => {
    const terminal = { outIsTerminal: true, errIsTerminal: true };
    const options = { output: 'table' } as const;
    expect(createProgressView(createTestShell(terminal), options)).toBeInstanceOf(LiveProgress);
    expect(createProgressView(createTestShell({ ...terminal, env: { CI: 'true' } }), options)).toBeInstanceOf(
      PlainProgress,
    );
    expect(createProgressView(createTestShell(), options)).toBeInstanceOf(PlainProgress);
    expect(createProgressView(createTestShell(terminal), { output: 'json' })).toBeInstanceOf(JsonProgress);
  });

  it('keeps the wave while it says what is waited for', () => {
    const first = nextState(undefined, wave as Exclude<Progress, { type: 'object' | 'notice' }>, 1_000);
    const second = nextState(first, waiting('2 of 3 replicas updated') as typeof wave as never, 2_000);
    expect(liveLines(new Map([['shop', second]]), { now: 3_500, width: 80, frame: '*' })).toEqual([
      '* shop: wave 1 of 2 (sync-wave -1): 1 object (2.5s)',
      '    waiting for Deployment shop/web: 2 of 3 replicas updated',
    ]);
  });

  it('is never wider than the terminal, nor longer than eight applications', () => {
    const state: LiveState = { headline: 'x'.repeat(100), waits: [], since: 0 };
    const states = new Map(Array.from({ length: 12 }, (_, index) => [`app-${index}`, state]));
    const lines = liveLines(states, { now: 0, width: 40, frame: '*' });
    expect(lines).toHaveLength(9);
    expect(lines.at(-1)).toBe('  and 4 more applications');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(40);
  });

  it('leaves only what stays on the screen in the end', () => {
    const shell = createTestShell({ outIsTerminal: true, errIsTerminal: true });
    const progress = new LiveProgress(shell, style);
    progress.report(step);
    progress.report(object('created'));
    progress.print('shop: Synced\n');
    progress.close();
    expect(shell.out()).toBe('configmap/prompts created\nshop: Synced\n');
    const drawn = shell.err().match(/shop: rendering/g) ?? [];
    // Every drawn line is taken away again: cursor up, clear to the end.
    expect(shell.err().split('\u001b[1A\r\u001b[J')).toHaveLength(drawn.length + 1);
  });
});

describe('the log of plumb serve', () => {
  it('has the time in front, and what is waited for only when it changes', () => {
    const shell = createTestShell();
    const log = new ServeLog(shell, { output: 'table' });
    for (const each of [step, waiting('1 of 3'), waiting('1 of 3'), object('created'), object('unchanged'), warning])
      log.report(each);
    const lines = shell.out().trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /, ''))).toEqual([
      'shop: waiting for Deployment shop/web: 1 of 3',
      'shop: configmap/prompts created',
      'shop: warning: careful',
    ]);
  });

  it('is one JSON object a line for programs', () => {
    const shell = createTestShell();
    new ServeLog(shell, { output: 'json' }).report(warning);
    expect(JSON.parse(shell.out())).toEqual({ time: expect.stringMatching(/^\d{4}-/), ...warning });
  });

  it('tells what is left out when that is news, not at every look', () => {
    const told: Progress[] = [];
    const news = new NewsOnly({ report: (progress) => void told.push(progress) });
    for (const seen of [[warning, warning], [warning], [], [warning]]) {
      news.beginRound();
      for (const each of seen) news.report(each);
    }
    expect(told).toEqual([warning, warning]);
  });
});
