import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stateFolders } from '../../../cli/state-folders.ts';
import { formatStorePlace, parseStoreOption, type StorePlace } from '../../../cli/store-option.ts';
import { failureOf } from '../../support/failure-of.ts';

const parse = (given: string | undefined): StorePlace => parseStoreOption(given, (path) => path ?? '/default');

describe('--store', () => {
  it.each([
    ['s3://state', { bucket: 'state', prefix: '' }],
    ['s3://state/', { bucket: 'state', prefix: '' }],
    ['s3://my.state-1/team/prod', { bucket: 'my.state-1', prefix: 'team/prod' }],
    ['s3://state/Team_A/', { bucket: 'state', prefix: 'Team_A' }],
    ['s3://state?region=eu-west-1', { bucket: 'state', prefix: '', region: 'eu-west-1' }],
    ['s3://state/prod?region=us-gov-east-1', { bucket: 'state', prefix: 'prod', region: 'us-gov-east-1' }],
  ])('%s is a bucket', (given, wanted) => {
    expect(parse(given)).toEqual({ type: 's3', ...wanted });
  });

  it.each([
    ['/var/lib/plumbline', '/var/lib/plumbline'],
    ['state', 'state'],
    ['./s3:', './s3:'],
    ['s3', 's3'],
    [undefined, '/default'],
  ])('%s is a folder', (given, folder) => {
    expect(parse(given)).toEqual({ type: 'folder', folder });
  });

  it.each([
    ['s3:state', /not a URL of the form s3:\/\/bucket/],
    ['s3:/state', /not a URL of the form/],
    ['S3://state', /not a URL of the form/],
    ['gs://state', /not a URL of the form/],
    ['https://state.s3.amazonaws.com/prod', /not a URL of the form/],
    ['s3://state#prod', /not a URL of the form/],
    ['s3://', /"" cannot be the name of a bucket/],
    ['s3:///prod', /"" cannot be the name of a bucket/],
    ['s3://State', /"State" cannot be the name/],
    ['s3://st', /"st" cannot be the name/],
    ['s3://a..b', /"a\.\.b" cannot be the name/],
    ['s3://10.0.0.1', /"10\.0\.0\.1" cannot be the name/],
    ['s3://arn:aws:s3:eu-west-1:1:accesspoint/x', /cannot be the name/],
    ['s3://state//prod', /"\/prod" cannot be a prefix/],
    ['s3://state/a/../b', /"a\/\.\.\/b" cannot be a prefix/],
    ['s3://state/a b', /"a b" cannot be a prefix/],
    ['s3://state?', /"" is not understood/],
    ['s3://state?region=', /"region=" is not understood: only \?region=REGION/],
    ['s3://state?region=Frankfurt', /not understood/],
    ['s3://state?profile=x', /"profile=x" is not understood/],
  ])('%s is refused, with the reason and the way out', async (given, why) => {
    const error = await failureOf(Promise.resolve().then(() => parse(given)));
    expect(error).toMatchObject({ code: 'usage', hint: expect.stringContaining('s3://bucket/prefix') });
    expect(error.message).toMatch(why);
    expect(error.message).toMatch(/^--store /);
  });

  it('does not repeat a password', () => {
    expect(() => parse('s3://AKIA:hidden@state')).toThrow(/names a user or a password/);
    expect(() => parse('s3://AKIA:hidden@state')).not.toThrow(/hidden/);
  });

  it('finds again whatever bucket and prefix it was written from, and is shown without its region', () => {
    const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,40}[a-z]$/);
    const prefix = fc
      .array(fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,9}$/), { maxLength: 3 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(bucket, prefix, (name, below) => {
        const url = `s3://${name}${below === '' ? '' : `/${below}`}`;
        expect(parse(`${url}?region=eu-west-1`)).toMatchObject({ bucket: name, prefix: below, region: 'eu-west-1' });
        expect(formatStorePlace(parse(`${url}?region=eu-west-1`))).toBe(url);
      }),
    );
  });
});

describe('the places of a person', () => {
  const shell = { env: {}, home: '/home/ada', folder: '/project' };

  it('are below the home folder, where nothing else is said', () => {
    expect(stateFolders({}, shell)).toEqual({
      store: { type: 'folder', folder: '/home/ada/.local/state/plumbline' },
      cache: '/home/ada/.cache/plumbline',
      markKey: '/home/ada/.config/plumbline/mark.key',
    });
  });

  it('are below the folder of the command when they are relative, but for buckets', () => {
    expect(stateFolders({ store: 'state', cache: 'c' }, shell)).toMatchObject({
      store: { type: 'folder', folder: '/project/state' },
      cache: '/project/c',
    });
    expect(stateFolders({ store: 's3://state' }, shell).store).toMatchObject({ type: 's3', bucket: 'state' });
  });
});
