import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normaliseRepoURL, withoutUserinfo } from '../../../shared/model/repo-url.ts';

describe('normaliseRepoURL', () => {
  it.each([
    'https://github.com/Org/Repo',
    'https://github.com/Org/Repo.git',
    'https://GitHub.com:443/Org/Repo/',
    'https://user:token@github.com/Org/Repo.git/',
    'http://github.com:80//Org//Repo',
    'ssh://git@github.com/Org/Repo.git',
    'ssh://git@github.com:22/Org/Repo.git',
    'git@github.com:Org/Repo.git',
    'git@github.com:/Org/Repo',
    'github.com:Org/Repo',
    'github.com/Org/Repo',
    '  https://github.com/Org/Repo.git\n',
  ])('spells %p as all its other spellings', (url) => {
    expect(normaliseRepoURL(url)).toBe('github.com/Org/Repo');
  });

  it.each([
    ['the case of the path', 'https://h/a', 'https://h/A'],
    ['another port', 'https://h:8443/a', 'https://h/a'],
    ['the other scheme with a default port of its own', 'http://h:443/a', 'https://h/a'],
    ['a longer name', 'https://h/a', 'https://h/a-b'],
    ['.git within the name', 'https://h/a.git.io', 'https://h/a.io'],
  ])('tells %s apart', (_, one, other) => {
    expect(normaliseRepoURL(one)).not.toBe(normaliseRepoURL(other));
  });

  it('changes nothing the second time', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,12}$/);
    const url = fc.record({
      start: fc.constantFrom('https://', 'http://', 'ssh://git@', 'https://me:secret@', 'git@', ''),
      host: fc.domain(),
      port: fc.constantFrom('', ':80', ':443', ':22', ':8443'),
      path: fc.array(name, { maxLength: 4 }),
      end: fc.constantFrom('', '/', '.git', '.git/'),
    });
    fc.assert(
      fc.property(url, ({ start, host, port, path, end }) => {
        const once = normaliseRepoURL(`${start}${host}${start === 'git@' ? ':' : `${port}/`}${path.join('/')}${end}`);
        expect(normaliseRepoURL(once)).toBe(once);
        expect(once).not.toContain('@');
      }),
    );
  });

  it('reads any text', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof normaliseRepoURL(text) === 'string'));
  });
});

describe('withoutUserinfo', () => {
  it.each([
    ['https://user:token@host/x.git', 'https://host/x.git'],
    ['https://token@host/x', 'https://host/x'],
    ['https://user:p@ss@host/x', 'https://host/x'],
    ['https://host/x?private_token=abc#d', 'https://host/x'],
    ['https://host/@scope/x', 'https://host/@scope/x'],
    ['git@host:x', 'git@host:x'],
    ['oci://user:pw@registry/chart', 'oci://registry/chart'],
  ])('shows %p as %p', (url, shown) => {
    expect(withoutUserinfo(url)).toBe(shown);
  });
});
