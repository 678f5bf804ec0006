import { RenderError } from '../errors.ts';
import { withoutUserinfo } from '../model/repo-url.ts';
import type { CommandResult } from '../ports.ts';

/** What a tool was asked to do, for people, and the folders that mean nothing to them. */
export type ToolTask = { readonly what: string; readonly hide: readonly string[] };

/** The error for a tool that ended with an exit code: its own words, without paths of this machine and without credentials. */
export function toolFailure({ what, hide }: ToolTask, { exitCode, stderr, stdout }: CommandResult): RenderError {
  const said = cleanMessage(stderr.trim() === '' ? stdout : stderr, hide);
  const place = /\(?([\w./-]+\.(?:ya?ml|tpl|txt|json)(?::\d+)?)/.exec(said)?.[1];
  const message = `${what} failed: ${said === '' ? `exit code ${exitCode}, and nothing was said` : said}`;
  return new RenderError('render-failed', message, {
    ...(place === undefined ? {} : { object: place }),
    hint: 'correct the source, and try it with plumb render',
  });
}

/** The tool's message: one `Error: ` less, paths as in the repository, no user info in URLs, at most 4,000 characters. */
function cleanMessage(text: string, hide: readonly string[]): string {
  const shown = hide.reduce((message, folder) => message.replaceAll(`${folder}/`, '').replaceAll(folder, '.'), text);
  return shown
    .replace(/\bhttps?:\/\/[^\s"'<>]+/g, withoutUserinfo)
    .replace(/^(?:(?:WARNING|level=WARN|time=).*\n)+/m, '')
    .trim()
    .replace(/^(?:Error|error): /, '')
    .replace(/^.*recursed accumulation of path '[^']*': /s, '')
    .replace(/\n+(?:Use --debug flag.*)$/s, '')
    .slice(0, 4_000);
}
