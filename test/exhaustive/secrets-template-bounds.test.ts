import { describe, expect, it } from '@jest/globals';
import { errorOf, renderText } from '../support/secrets/render-text.ts';

const steps = 'takes more than 1,000,000 steps';
const bytes = 'makes a text of more than 2 MB';
const levels = 'nests deeper than 100 levels';
const doubled = `{{ $s := "0123456789abcdef" }}{{ range until 40 }}{{ $s = print $s $s }}{{ end }}`;
const grown = `{{ $l := list 1 }}{{ range until 60 }}{{ $l = list $l $l }}{{ end }}`;

const endless = [
  ['a loop over a huge number', '{{ range 9000000000000000000 }}{{ end }}', steps],
  ['loops in loops', '{{ range until 2000 }}{{ range until 2000 }}x{{ end }}{{ end }}', steps],
  ['a huge list', '{{ until 900000000 }}', steps],
  ['a huge list of steps', '{{ seq 1 900000000 }}', steps],
  ['a template that calls itself', '{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}', levels],
  ['a text that doubles', doubled, bytes],
  ['a repeated text', '{{ repeat 900000000 "x" }}', bytes],
  ['a wide number', '{{ printf "%900000000d" 1 }}', bytes],
  ['an indented text', '{{ indent 900000000 "x" }}', bytes],
  ['a replacement that blows up', '{{ replace "a" (repeat 2000 "b") (repeat 2000 "a") }}', bytes],
  ['a replacement by pattern that blows up', '{{ regexReplaceAll "a" (repeat 2000 "a") (repeat 2000 "b") }}', bytes],
  ['a join that blows up', '{{ join (repeat 2000 "a") (until 2000) }}', bytes],
  ['lists that share their items, printed', `${grown}{{ $l }}`, steps],
  ['lists that share their items, as JSON', `${grown}{{ toJson $l }}`, steps],
  ['lists that share their items, as YAML', `${grown}{{ toYaml $l }}`, steps],
  ['lists that share their items, copied', `${grown}{{ deepCopy $l | len }}`, steps],
  ['lists that share their items, compared', `${grown}{{ deepEqual (deepCopy (list $l)) $l }}`, steps],
  ['a dict that contains itself', '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $d }}', levels],
  ['a dict that contains itself, as JSON', '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ toJson $d }}', levels],
] as const;

describe('A template that does not come to an end', () => {
  it.each(endless)('is stopped: %s', (_what, text, reason) => {
    expect(errorOf(text).message).toContain(reason);
  });

  it('is not stopped while it writes much in small pieces', () => {
    const text = '{{ range until 20000 }}0123456789012345678901234567890123456789{{ . }}{{ end }}';
    expect(renderText(text).length).toBe(888_890);
  });

  it('is stopped in seconds where its pattern is made to backtrack', () => {
    const text = '{{ regexMatch "^(a+)+$" (printf "%s!" (repeat 50000 "a")) }}';
    expect(renderText(text)).toBe('false');
  });

  it('may be 100 blocks deep, and not deeper', () => {
    const nested = (depth: number): string => `${'{{ if true }}'.repeat(depth)}x${'{{ end }}'.repeat(depth)}`;
    expect(renderText(nested(100))).toBe('x');
    expect(errorOf(nested(101)).message).toContain('deeper than 100 levels');
    expect(errorOf(`{{ ${'('.repeat(9_000)}1${')'.repeat(9_000)} }}`).message).toContain('deeper than 100 levels');
  });
});
