import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bodyOf, read, recorded, recordedNames, secret, signed, unverified } from '../unit/webhook/deliveries.ts';

const name = fc.constantFrom(...recordedNames);

/** What stands somewhere in a real payload is another value, gone, or there once more. */
const mutated = name.chain((of) => {
  const body = bodyOf(of);
  const values = [...body.matchAll(/"(?:[^"\\]|\\.)*"|\d+|true|false|null|\{\}|\[\]/g)];
  return fc
    .record({
      value: fc.constantFrom(...values),
      with: fc.oneof(fc.json(), fc.constantFrom('', '{', ']', '"', '\u0000')),
    })
    .map(({ value, with: other }) => ({
      of,
      body: Buffer.from(body.slice(0, value.index) + other + body.slice(value.index + value[0].length)),
    }));
});

const spoilt = fc
  .record({ of: name, at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.boolean() })
  .map(({ of, at, byte, cut }) => {
    const bytes = Buffer.from(bodyOf(of));
    const place = at % bytes.length;
    bytes[place] = byte;
    return { of, body: cut ? bytes.subarray(0, place) : bytes };
  });

const hostile = fc.oneof(
  fc.record({ of: name, body: fc.uint8Array({ maxLength: 2_000 }) }),
  fc.record({ of: name, body: fc.json({ maxDepth: 8 }).map((text) => Buffer.from(text)) }),
  fc
    .record({ of: name, opening: fc.constantFrom('[', '{"a":', '[{"a":'), depth: fc.integer({ min: 1, max: 50_000 }) })
    .map(({ of, opening, depth }) => ({ of, body: Buffer.from(opening.repeat(depth)) })),
  mutated,
  spoilt,
);

const headerValue = fc.oneof(fc.string({ maxLength: 200 }), fc.constantFrom('', 'sha256=', 'v1,', 'Basic Og==', '0'));

const answers =
  /^(accepted|nothing to do: no branch or tag has moved|unknown sender, or wrong signature or token|the body is not JSON|the body is nested deeper than 64 levels|the payload has not the documented shape at ((\w+\.)*\w+|its top)|the payload gives no address of the repository)$/;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of the heap that are still in use. */
function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('hostile deliveries', () => {
  it('are answered shortly, with nothing of theirs in the answer, and leave nothing behind', () => {
    const check = ({ of, body, proven }: { of: string; body: Uint8Array; proven: boolean }): void => {
      const delivery = proven ? signed(of, secret, body) : signed(of, 'ada:other', body);
      const { status, message, push } = read(delivery);
      expect(status).toBeGreaterThanOrEqual(proven ? 200 : 401);
      expect(message.length).toBeLessThan(120);
      expect(message).toMatch(answers);
      expect(`${message}${JSON.stringify(push)}`).not.toContain('hunter2');
      expect(push === undefined).toBe(status !== 202);
      if (!proven) expect({ status, message }).toEqual(unverified);
    };
    const cases = fc.record({ hostile, proven: fc.boolean() }).map(({ hostile: of, proven }) => ({ ...of, proven }));
    fc.assert(fc.property(cases, check), { numRuns: 500 });
    const before = heapInUse();
    fc.assert(fc.property(cases, check), { numRuns: 5_000 });
    expect(heapInUse() - before).toBeLessThan(20 * 1024 * 1024);
  });

  it('with any headers are not let in', () => {
    const proofs = ['x-hub-signature-256', 'x-hub-signature', 'x-gitea-signature', 'x-gitlab-token', 'authorization'];
    const names = [...proofs, 'webhook-id', 'webhook-timestamp', 'webhook-signature', 'content-type'];
    const headers = fc.dictionary(fc.constantFrom(...names), headerValue);
    fc.assert(
      fc.property(name, headers, (of, more) => {
        const delivery = { headers: { ...recorded(of).headers, ...more }, body: Buffer.from(bodyOf(of)) };
        expect(read(delivery)).toEqual(unverified);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['commits that are no objects', `{"commits":[${'1,'.repeat(249_000)}1]`],
    ['commits that are empty', `{"commits":[${'{},'.repeat(120_000)}{}]`],
    ['an endless text', `{"ref":"refs/heads/${'a'.repeat(6_000_000)}"`],
    ['many members', `{${Array.from({ length: 240_000 }, (_, at) => `"k${at}":1`).join(',')}`],
    ['a large number', `{"total_commits":${'9'.repeat(5_000_000)}`],
  ])('that are large cost little even with a secret: %s', (_what, start) => {
    const of = 'gitea-push';
    const body = `${start},${bodyOf(of).slice(1).replace('"commits"', '"other"')}`;
    const delivery = signed(of, secret, body);
    const before = process.cpuUsage();
    const { status } = read(delivery);
    // Whatever else the machine does meanwhile: what grows faster than the body takes minutes.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(5_000);
    expect([202, 400]).toContain(status);
  });
});
