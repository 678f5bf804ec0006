import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseControl } from '../../../shared/registry/parse-control.ts';

describe('--control', () => {
  it.each([
    ['https://git.example/team/control.git', ['https://git.example/team/control.git', 'HEAD', '']],
    ['https://git.example/team/control.git#main', ['https://git.example/team/control.git', 'main', '']],
    ['https://git.example/team/control.git:apps/prod', ['https://git.example/team/control.git', 'HEAD', 'apps/prod']],
    ['https://git.example/team/control.git#v1.2:apps', ['https://git.example/team/control.git', 'v1.2', 'apps']],
    ['http://127.0.0.1:8080/control.git', ['http://127.0.0.1:8080/control.git', 'HEAD', '']],
    ['http://127.0.0.1:8080/control.git:./apps/', ['http://127.0.0.1:8080/control.git', 'HEAD', 'apps']],
    ['https://[::1]:8443/control#refs/heads/a/b:.', ['https://[::1]:8443/control', 'refs/heads/a/b', '']],
  ])('reads %s', (text, [repoURL, revision, path]) => {
    expect(parseControl(text)).toEqual({ repoURL, revision, path });
  });

  it.each([
    ['git@git.example:team/control.git', /not an HTTP\(S\) URL/],
    ['apps/', /not an HTTP\(S\) URL/],
    ['https://git.example', /not an HTTP\(S\) URL/],
    ['https://git.example/:apps', /names no repository/],
    ['https://git.example/control#:apps', /nothing is written after "#"/],
    ['https://git.example/control:../../etc', /leaves the repository/],
  ])('refuses %s and says why', (text, why) => {
    expect(() => parseControl(text)).toThrow(why);
  });

  it('refuses a URL with a password in it, and does not repeat the password', () => {
    const parse = (): unknown => parseControl('https://user:secret@git.example/control.git');
    expect(parse).toThrow(/user name or password/);
    expect(parse).not.toThrow(/secret/);
  });

  it('finds again whatever URL, ref and path it was written from', () => {
    const word = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,8}[a-z0-9]$/);
    const words = fc.array(word, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('/'));
    const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
    fc.assert(
      fc.property(fc.record({ repository: words, number: port, revision: words, path: words }), (written) => {
        const { repository, number, revision, path } = written;
        const repoURL = `https://git.example${number === undefined ? '' : `:${number}`}/${repository}`;
        expect(parseControl(`${repoURL}#${revision}:${path}`)).toEqual({ repoURL, revision, path });
      }),
    );
  });
});
