import { describe, expect, it } from '@jest/globals';
import { coloursFor } from '../../../../cli/output/colours.ts';
import { formatFailure, toRecord } from '../../../../cli/output/failure.ts';
import { GitError, PlumbError } from '../../../../shared/errors.ts';

const plain = { colours: coloursFor({}, false), verbose: false };

describe('an error on the screen', () => {
  it('says what failed, why, and what to do', () => {
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:1', { cause: new Error('syscall connect') });
    const error = new GitError('git-refused', 'http://127.0.0.1:1/a.git: nobody answers', { hint: 'start it', cause });
    expect(formatFailure(error, plain)).toBe(
      'Error: http://127.0.0.1:1/a.git: nobody answers\n' +
        '  cause: connect ECONNREFUSED 127.0.0.1:1\n  cause: syscall connect\n  try: start it\n',
    );
  });

  it('leaves out causes that the message tells already', () => {
    const error = new PlumbError('usage', 'a: because of b', { cause: new Error('because of b') });
    expect(formatFailure(error, plain)).toBe('Error: a: because of b\n');
  });

  it('looks into errors that stand for several', () => {
    const error = new PlumbError('git-refused', 'no answer', {
      cause: new AggregateError([new Error('tried ::1')], ''),
    });
    expect(toRecord(error).causes).toEqual(['tried ::1']);
  });

  it('ends when an error is its own cause', () => {
    const error = new Error('round');
    error.cause = error;
    expect(toRecord(error).causes).toEqual([]);
  });

  it('indents what has several lines', () => {
    expect(formatFailure(new PlumbError('usage', 'one\ntwo\n'), plain)).toBe('Error: one\n  two\n');
  });

  it('shows where in the code only when asked', () => {
    const error = new Error('odd');
    expect(formatFailure(error, plain)).not.toContain('failure.test.ts');
    expect(formatFailure(error, { ...plain, verbose: true })).toContain('failure.test.ts');
  });

  it('lets no credential of a URL pass', () => {
    const error = new Error('fetch https://bot:hunter2@git.example/a failed', {
      cause: new Error('http://hunter2@x/ no'),
    });
    expect(formatFailure(error, { ...plain, verbose: true })).not.toContain('hunter2');
  });

  it('is one flat record for programs', () => {
    const error = new GitError('git-timeout', 'too slow', { object: 'https://git.example/a', hint: 'wait' });
    expect(toRecord(error)).toEqual({
      level: 'error',
      code: 'git-timeout',
      message: 'too slow',
      object: 'https://git.example/a',
      hint: 'wait',
      causes: [],
    });
    expect(toRecord(new TypeError('x')).code).toBe('unexpected');
  });
});
